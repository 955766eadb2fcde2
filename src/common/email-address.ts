import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsEmail, Matches, MaxLength } from 'class-validator';
import { IsStorableText } from './text';

const MESSAGE = { message: 'must be an e-mail address of at most 254 characters' };

/**
 * An address that mail can be sent to, trimmed. Quoted names (RFC 5321, 4.1.2: `"a, b"@example.org`) are left out: hardly anybody has one, and a comma or
 * an angle bracket in an address adds recipients elsewhere.
 */
export function IsEmailAddress(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => (typeof value === 'string' ? value.trim() : value)),
    IsEmail({}, MESSAGE),
    MaxLength(254, MESSAGE),
    Matches(/^[^\s<>,;"]+$/, MESSAGE),
    IsStorableText({ multiline: false }, MESSAGE),
  );
}
