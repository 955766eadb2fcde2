import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsUUID, ValidateBy } from 'class-validator';
import { tagNameProblem } from '../tag-name';

function problemOf(value: unknown): string | null {
  return typeof value === 'string' ? tagNameProblem(value) : 'must be a string';
}

export class RenameTagRequest {
  @ApiProperty({ maxLength: 100, example: 'database' })
  @ValidateBy({
    name: 'isTagName',
    validator: {
      validate: (value) => problemOf(value) === null,
      defaultMessage: (args) => problemOf(args?.value) ?? 'must be a name',
    },
  })
  name!: string;
}

export class MergeTagRequest {
  @ApiProperty({
    format: 'uuid',
    description: 'The tag that stays',
    example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70',
  })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsUUID('all', { message: 'must be a UUID' })
  into!: string;
}
