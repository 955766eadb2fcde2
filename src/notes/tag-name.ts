import { codePointLength, isStorableText } from '../common/text';

const MAX_TAG_LENGTH = 100;

/** `name` as it is stored and shown: trimmed, with every run of white space made one space. */
export function cleanTagName(name: string): string {
  return name.trim().replace(/\s+/g, ' ');
}

/**
 * What two spellings of one tag have in common: compatibility forms made one (NFKC, Unicode Annex 15), white space
 * cleaned, lower case whatever the server's locale. Accents count: "resume" and "résumé" are two tags.
 */
export function tagKey(name: string): string {
  // Lower case can leave NFKC (and compatibility forms can hold capitals), hence once before and once after.
  return cleanTagName(name.normalize('NFKC').toLowerCase().normalize('NFKC'));
}

/**
 * Says what is wrong with `name` as the name of a tag, as the end of a sentence, or null if nothing is: as `nameProblem`, and it has no comma, which
 * separates tags in the files of other programs.
 */
export function tagNameProblem(name: string): string | null {
  return nameProblem(name) ?? (name.includes(',') ? 'must not contain a comma' : null);
}

/**
 * Says what is wrong with `name` as a name that people give, as the end of a sentence, or null if nothing is. Judges what would be stored,
 * `cleanTagName(name)`: 1 to 100 code points, no control characters or text direction overrides (as in titles). The key keeps the same bound, so that it
 * always fits its index.
 */
export function nameProblem(name: string): string | null {
  if (!isStorableText(name)) return 'must be well-formed Unicode, without NUL';
  const clean = cleanTagName(name);
  const key = tagKey(name);
  if (key === '') return 'must not be empty';
  if (Math.max(codePointLength(clean), codePointLength(key)) > MAX_TAG_LENGTH) {
    return `must be at most ${MAX_TAG_LENGTH} characters`;
  }
  if (/\p{Cc}/u.test(clean)) return 'must not contain control characters';
  if (/[\u202D\u202E]/.test(clean)) return 'must not contain text direction overrides (U+202D, U+202E)';
  return null;
}

/** The cleaned names, in order, each tag once, in the spelling that came first; empty names are left out. */
export function cleanTagNames(names: readonly string[]): string[] {
  const byKey = new Map<string, string>();
  for (const name of names) {
    const key = tagKey(name);
    if (key !== '' && !byKey.has(key)) byKey.set(key, cleanTagName(name));
  }
  return [...byKey.values()];
}
