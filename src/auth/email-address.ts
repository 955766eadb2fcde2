import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsEmail, MaxLength } from 'class-validator';

const MESSAGE = { message: 'must be an e-mail address of at most 254 characters' };

/** An e-mail address that a mail can be sent to (RFC 5321, 4.5.3.1); spaces around it do not count. */
export const EmailAddress = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ format: 'email', maxLength: 254, example: 'grace@example.org' }),
    Transform(({ value }) => (typeof value === 'string' ? value.trim() : value)),
    IsEmail({}, MESSAGE),
    MaxLength(254, MESSAGE),
  );
