import { Transform } from 'class-transformer';

/** A setting that is a list: its items are separated by commas. */
export function List(): PropertyDecorator {
  return Transform(({ value }) =>
    typeof value === 'string'
      ? value
          .split(',')
          .map((item) => item.trim())
          .filter(Boolean)
      : value,
  );
}
