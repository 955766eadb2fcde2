import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsNotEmpty, IsOptional } from 'class-validator';
import { IsLaterTime } from '../../common/later-time';
import { ALL_SCOPES, type Scope } from '../../common/scopes';
import { IsStorableText } from '../../common/text';

/** The furthest end that can be chosen; beyond it, a token that never expires is meant. */
const MOST_YEARS = 100;

const SCOPE = { each: true, message: `must be some of ${ALL_SCOPES.join(', ')}` };

export class MakeAccessTokenRequest {
  @ApiProperty({ minLength: 1, maxLength: 100, description: 'What it is for', example: 'Backup on the old laptop' })
  @Transform(({ value }) => (typeof value === 'string' ? value.trim() : value))
  @IsNotEmpty({ message: 'must not be empty' })
  @IsStorableText({ maxCodePoints: 100, multiline: false })
  name!: string;

  @ApiProperty({
    isArray: true,
    enum: ALL_SCOPES,
    minItems: 1,
    uniqueItems: true,
    description: 'What it may do; nothing else',
    example: ['notes:read', 'notes:write'],
  })
  @IsArray({ message: 'must be a list of scopes' })
  @ArrayNotEmpty({ message: 'must name at least one scope' })
  @ArrayUnique({ message: 'must name each scope once' })
  @IsIn(ALL_SCOPES, SCOPE)
  scopes!: Scope[];

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it stops working, within 100 years; without it, or with null, it works until it is revoked',
    example: '2099-12-31T00:00:00.000Z',
  })
  @IsOptional()
  @IsLaterTime(MOST_YEARS)
  expiresAt?: Date | null;
}
