import { createHash } from 'node:crypto';
import type { CursorValue } from '../common/page';
import { MalformedRequestError } from '../common/problem';
import { isStorableText } from '../common/text';
import type { ListNotesQuery } from './list-notes.query';

// Times of notes are written by `toISOString()`. The year 0 is one for JavaScript, not for PostgreSQL.
const TIME = /^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What ties a cursor to a query: its order, search and filters, in a few characters. */
export function cursorKind(query: ListNotesQuery, order: string): string {
  const { limit: _limit, cursor: _cursor, ...asked } = query;
  const text = JSON.stringify([
    order,
    ...Object.entries({ ...asked, sort: undefined })
      .filter(([, value]) => value !== undefined)
      .sort(),
  ]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}

/*
 * A cursor comes back from a client: what is in it becomes a parameter of a statement, and must be of the type that the statement expects, or a cursor that
 * was tampered with would be an error of the database. All throw MalformedRequestError.
 */

export function timeIn(value: CursorValue | undefined): string {
  if (typeof value !== 'string' || !TIME.test(value)) throw malformed();
  const time = new Date(value);
  // JavaScript carries 30 February over into March; PostgreSQL refuses it.
  if (Number.isNaN(time.getTime()) || time.toISOString() !== value) throw malformed();
  return value;
}

export function idIn(value: CursorValue | undefined): string {
  if (typeof value !== 'string' || !UUID.test(value)) throw malformed();
  return value;
}

export function textIn(value: CursorValue | undefined): string {
  if (typeof value !== 'string' || !isStorableText(value)) throw malformed();
  return value;
}

/** A number that PostgreSQL's `real` can hold: others are an error there. */
export function realIn(value: CursorValue | undefined): number {
  const real = typeof value === 'number' ? Math.fround(value) : Number.NaN;
  if (!Number.isFinite(real) || (real === 0 && value !== 0)) throw malformed();
  return real;
}

function malformed(): MalformedRequestError {
  return new MalformedRequestError('cursor is not one that this list gave: start again without it');
}
