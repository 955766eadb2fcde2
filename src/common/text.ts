import { buildMessage, ValidateBy, type ValidationOptions } from 'class-validator';

export interface TextRules {
  /** Longest text allowed, in Unicode code points (what PostgreSQL's `char_length` counts). */
  maxCodePoints?: number;
  /** Longest text allowed, in bytes of UTF-8. */
  maxBytes?: number;
  /** Whether line breaks and control characters are allowed. */
  multiline: boolean;
}

// Control characters, and the line and paragraph separators: anything that breaks or hides a part of one line.
const NOT_IN_ONE_LINE = /[\p{Cc}\u2028\u2029]/u;

// LEFT-TO-RIGHT OVERRIDE and RIGHT-TO-LEFT OVERRIDE.
const BIDI_OVERRIDES = /[\u202D\u202E]/;

/**
 * Whether PostgreSQL can store `s` and give it back unchanged: no NUL, which `text` cannot hold, and no lone
 * surrogate, which UTF-8 cannot encode and Node would replace without a word.
 */
export function isStorableText(s: string): boolean {
  return !s.includes('\0') && s.isWellFormed();
}

/** Length of `s` in bytes of UTF-8. */
export function utf8Length(s: string): number {
  return Buffer.byteLength(s, 'utf8');
}

/** Length of `s` in Unicode code points: an emoji outside the basic plane counts once, as in PostgreSQL. */
export function codePointLength(s: string): number {
  return s.length - (s.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0);
}

/**
 * Says what is wrong with `value` as text, as the end of a sentence ("must be …"), or null if nothing is.
 *
 * A single line may not hold the two bidi overrides (U+202D, U+202E): no ordinary text needs them, and they make a
 * title read as something else (CVE-2021-42574; Matrix clients drop the same two from names). Marks, embeddings and
 * isolates are allowed everywhere, because Arabic and Hebrew titles hold them; bodies may hold anything storable.
 */
export function textProblem(value: unknown, rules: TextRules): string | null {
  if (typeof value !== 'string') return 'must be a string';
  if (value.includes('\0')) return 'must not contain the NUL character (U+0000)';
  if (!value.isWellFormed()) return 'must be well-formed Unicode, without half a surrogate pair';
  if (rules.maxCodePoints !== undefined && codePointLength(value) > rules.maxCodePoints) {
    return `must be at most ${rules.maxCodePoints.toLocaleString('en')} characters`;
  }
  if (rules.maxBytes !== undefined && utf8Length(value) > rules.maxBytes) {
    return `must be at most ${rules.maxBytes.toLocaleString('en')} bytes in UTF-8`;
  }
  if (rules.multiline) return null;
  if (NOT_IN_ONE_LINE.test(value)) return 'must be a single line without control characters';
  if (BIDI_OVERRIDES.test(value)) return 'must not contain text direction overrides (U+202D, U+202E)';
  return null;
}

/**
 * Validates that a property is text that can be stored within `rules`; the message names the rule that was broken.
 * An empty string is text: say `@IsNotEmpty()` as well where it is not welcome.
 */
export function IsStorableText(rules: TextRules, options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isStorableText',
      constraints: [rules],
      validator: {
        validate: (value: unknown) => textProblem(value, rules) === null,
        defaultMessage: (args) =>
          buildMessage((each) => `${each}$property ${messageFor(args?.value, rules)}`, options)(args),
      },
    },
    options,
  );
}

// With `each`, class-validator hands the message the whole array: the first item at fault speaks for it.
function messageFor(value: unknown, rules: TextRules): string {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => textProblem(item, rules)).find((problem) => problem !== null) ?? 'must be text';
}
