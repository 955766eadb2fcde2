import { ProblemError, ValidationFailedError } from '../common/problem';
import { parseBookmarkUrl, siteOf } from './bookmark-url';
import { cleanTagNames } from './tag-name';

/** What a note says, apart from when and by whom. */
export interface NoteFields {
  title: string | null;
  body: string | null;
  url: string | null;
  tags: string[];
  notebookId: string | null;
  pinned: boolean;
  archivedAt: Date | null;
  /** A primary subtag of BCP 47; null when it is not known. */
  language: string | null;
  /** Whether the user said so; else it is detected anew whenever the note is written. */
  isLanguageSet: boolean;
}

/** The columns that follow from the fields. */
export interface DerivedFields {
  titleKey: string;
  urlKey: Buffer | null;
  urlHost: string | null;
}

const TITLE_KEY_LENGTH = 100;

/**
 * Tidies fields: ends trimmed off title and address, empty ones absent, tags once each.
 * @throws ValidationFailedError when nothing is left of title, body and url.
 */
export function tidyNote<Fields extends Pick<NoteFields, 'title' | 'body' | 'url' | 'tags'>>(fields: Fields): Fields {
  const tidy = {
    ...fields,
    title: fields.title?.trim() || null,
    body: fields.body || null,
    url: fields.url?.trim() || null,
    tags: cleanTagNames(fields.tags),
  };
  if (tidy.title === null && tidy.body === null && tidy.url === null) {
    throw new ValidationFailedError([
      { pointer: '#', detail: 'must have at least one of title, body and url', code: 'notEmpty' },
    ]);
  }
  return tidy;
}

/** What a note takes of its user's quota: title, text and address, in bytes of UTF-8. */
export function noteBytes({ title, body, url }: Pick<NoteFields, 'title' | 'body' | 'url'>): number {
  return Buffer.byteLength(title ?? '') + Buffer.byteLength(body ?? '') + Buffer.byteLength(url ?? '');
}

/** @throws ValidationFailedError when the address is none. */
export function deriveFields(fields: Pick<NoteFields, 'title' | 'url'>): DerivedFields {
  const titleKey = sortKey(fields.title ?? fields.url ?? '');
  if (fields.url === null) return { titleKey, urlKey: null, urlHost: null };
  const parsed = parseBookmarkUrl(fields.url);
  if ('problem' in parsed) {
    throw new ValidationFailedError([{ pointer: '#/url', detail: parsed.problem, code: 'isUrl' }]);
  }
  return { titleKey, urlKey: parsed.key, urlHost: siteOf(parsed.url) ?? '' };
}

/** Sorts titles the same on every machine, accents and case aside: NFKD without marks, lower case, 100 code points. */
function sortKey(title: string): string {
  const folded = title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return Array.from(folded.slice(0, 2 * TITLE_KEY_LENGTH))
    .slice(0, TITLE_KEY_LENGTH)
    .join('')
    .toWellFormed();
}

/** The largest number of tags that a note may have. */
export const MAX_TAGS = 100;

/** 409 that names the live bookmark of the same address. */
export class DuplicateUrlError extends ProblemError {
  constructor(existingId: string) {
    super(
      409,
      'duplicate-url',
      'The request conflicts with what is there',
      'A bookmark of this address exists: see existingId',
      {
        extensions: { existingId },
      },
    );
  }
}
