import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { parseIsoTime } from './iso-time';

/** Reads a property as a time at which something ends: later than now, and within so many years. */
export function IsLaterTime(years: number): PropertyDecorator {
  const detail = `must be a later time (ISO 8601, such as 2027-01-01T00:00:00Z, or a day) within ${years} years, or null for never`;
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (parseIsoTime(value) ?? value) : value)),
    ValidateBy({
      name: 'isLaterTime',
      validator: { validate: (value) => isLater(value, years), defaultMessage: () => detail },
    }),
  );
}

function isLater(value: unknown, years: number): boolean {
  if (!(value instanceof Date)) return false;
  const furthest = new Date();
  furthest.setUTCFullYear(furthest.getUTCFullYear() + years);
  return value.getTime() > Date.now() && value <= furthest;
}
