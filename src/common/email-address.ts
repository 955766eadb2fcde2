import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { buildMessage, isEmail, ValidateBy } from 'class-validator';
import { textProblem } from './text';

/**
 * No quoted names (RFC 5321, 4.1.2: `"a, b"@example.org`): hardly anybody has one, and a comma or an angle bracket in an address adds recipients elsewhere.
 * Neither U+0130 nor U+212A: the database compares addresses without case, by which these two are `i` and `k`, while mail takes them to somebody else.
 */
const ALLOWED = /^[^\s<>,;"\u0130\u212A]+$/;

/** Whether mail can be sent to `value`, and to nobody else than whoever has it. */
export function isEmailAddress(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= 254 &&
    ALLOWED.test(value) &&
    // Before `isEmail`, which throws at half a surrogate pair.
    textProblem(value, { multiline: false }) === null &&
    isEmail(value)
  );
}

/** An e-mail address, trimmed: see `isEmailAddress`. */
export function IsEmailAddress(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => (typeof value === 'string' ? value.trim() : value)),
    ValidateBy({
      name: 'isEmail',
      validator: {
        validate: isEmailAddress,
        defaultMessage: buildMessage(() => 'must be an e-mail address of at most 254 characters'),
      },
    }),
  );
}
