import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';
import { parseVersion } from './revision-version';

const isVersion = (value: unknown): boolean =>
  value === 'current' || (typeof value === 'string' && parseVersion(value) !== undefined);

export class DiffQuery {
  @ApiPropertyOptional({
    description: 'The version to compare with; `current`, or without it: what the note says now',
    example: 'current',
  })
  @IsOptional()
  @ValidateBy({
    name: 'isVersion',
    validator: { validate: isVersion, defaultMessage: () => 'must be a version, a whole number from 1, or current' },
  })
  against?: string;
}
