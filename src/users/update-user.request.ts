import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional, ValidateBy } from 'class-validator';
import { IsStorableText } from '../common/text';
import { canonicalLocale, canonicalTimeZone } from './locale';

/** Checks that a value is in the form that `canonical` gives, into which it is brought first. */
const Canonical =
  (name: string, canonical: (value: string) => string | null, message: string): PropertyDecorator =>
  (target, property) => {
    Transform(({ value }) => (typeof value === 'string' ? (canonical(value) ?? value) : value))(target, property);
    ValidateBy({
      name,
      validator: {
        validate: (value) => typeof value === 'string' && canonical(value) === value,
        defaultMessage: () => message,
      },
    })(target, property);
  };

/** A JSON merge patch of the signed-in user. */
export class UpdateUserRequest {
  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 200, example: 'Ada Lovelace' })
  @IsOptional()
  @IsStorableText({ maxCodePoints: 200, multiline: false })
  name?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: 35,
    description: 'A language tag (BCP 47); kept in its canonical form',
    example: 'de-CH',
  })
  @IsOptional()
  @Canonical('isLocale', canonicalLocale, 'must be a language tag (BCP 47) such as de-CH, of at most 35 characters')
  locale?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: 64,
    description: 'A name of the IANA time zone database; kept in its canonical form',
    example: 'Europe/Zurich',
  })
  @IsOptional()
  @Canonical('isTimeZone', canonicalTimeZone, 'must be an IANA time zone such as Europe/Zurich')
  timeZone?: string | null;

  @ApiPropertyOptional({
    type: Boolean,
    nullable: true,
    description: 'Refuse changes of notes without `If-Match` (428)',
    example: false,
  })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  requireIfMatch?: boolean | null;
}
