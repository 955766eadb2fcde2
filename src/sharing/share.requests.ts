import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';
import { IsLaterTime } from '../common/later-time';
import { PageQuery } from '../common/page';
import { codePointLength, textProblem } from '../common/text';
import { IsId } from '../common/uuid';
import { OptionalBody } from '../common/validation';

/** The furthest end that can be chosen; beyond it, a share without one is meant. */
const MOST_YEARS = 10;

const MIN_PASSWORD = 8;
const MAX_PASSWORD = 128;

/** Shorter than that of an account: it guards one note, not a way in, and its guesses are delayed. Counted after NFKC, as it is hashed. */
function passwordProblem(value: unknown): string | null {
  const problem = textProblem(value, { maxCodePoints: 1_000, multiline: false });
  if (problem !== null || typeof value !== 'string') return problem;
  const length = codePointLength(value.normalize('NFKC'));
  return length >= MIN_PASSWORD && length <= MAX_PASSWORD
    ? null
    : `must be ${MIN_PASSWORD} to ${MAX_PASSWORD} characters`;
}

const IsSharePassword = (): PropertyDecorator =>
  ValidateBy({
    name: 'isSharePassword',
    validator: {
      validate: (value) => passwordProblem(value) === null,
      defaultMessage: (args) => passwordProblem(args?.value) ?? 'must be text',
    },
  });

const PASSWORD = {
  type: String,
  nullable: true,
  minLength: MIN_PASSWORD,
  maxLength: MAX_PASSWORD,
  format: 'password',
  example: 'blue kettle',
};

const END = { type: String, format: 'date-time', nullable: true, example: null };

@OptionalBody()
export class CreateShareRequest {
  @ApiPropertyOptional({
    ...PASSWORD,
    description: 'What readers must know; without it, or with null, the link is all',
  })
  @IsOptional()
  @IsSharePassword()
  password?: string | null;

  @ApiPropertyOptional({
    ...END,
    description: 'When the link stops working, within 10 years; without it, or with null, it works until it is revoked',
  })
  @IsOptional()
  @IsLaterTime(MOST_YEARS)
  expiresAt?: Date | null;
}

@ApiSchema({ description: 'A JSON merge patch (RFC 7396): an absent field is left alone' })
export class UpdateShareRequest {
  @ApiPropertyOptional({ ...PASSWORD, description: 'null: none' })
  @IsOptional()
  @IsSharePassword()
  password?: string | null;

  @ApiPropertyOptional({ ...END, description: 'null: until it is revoked' })
  @IsOptional()
  @IsLaterTime(MOST_YEARS)
  expiresAt?: Date | null;
}

export class ListSharesQuery extends PageQuery {
  @ApiPropertyOptional({
    format: 'uuid',
    description: 'Only shares of this note',
    example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f71',
  })
  @IsOptional()
  @IsId()
  note?: string;
}
