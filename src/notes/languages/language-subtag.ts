import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';

const SUBTAG = /^[A-Za-z]{2,3}$/;

/** The canonical form of a primary language subtag (BCP 47), of two or three small letters: `de` for `DE` and `deu`; null for what is none. */
export function canonicalLanguage(value: string): string | null {
  const [canonical] = SUBTAG.test(value) ? Intl.getCanonicalLocales(value) : [];
  // That of `sh` is `sr-Latn`.
  return canonical?.split('-')[0] ?? null;
}

/** A primary language subtag, which the request then has in its canonical form. */
export function IsLanguage(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? (canonicalLanguage(value) ?? value) : value,
    ),
    ValidateBy({
      name: 'isLanguage',
      validator: {
        validate: (value) => typeof value === 'string' && canonicalLanguage(value) === value,
        defaultMessage: () => 'must be a primary language subtag of two or three letters, such as de',
      },
    }),
  );
}
