import { isUUID } from 'class-validator';
import { type CursorValue, decodeCursor, encodeCursor } from './page';
import { MalformedRequestError } from './problem';

/** As `toISOString()` writes it. JavaScript knows years that PostgreSQL does not. */
const TIME = /^(?!0000)\d{4}-/;

/** The cursor behind a row of a list that is ordered by a time, `createdAt`, and id. */
export function createdCursor(kind: string, row: { id: string; createdAt: Date }): string {
  return encodeCursor(kind, [row.createdAt.toISOString(), row.id]);
}

/** Where the next page begins. @throws MalformedRequestError when the cursor is not of this list. */
export function readCreatedCursor(kind: string, cursor: string): { createdAt: Date; id: string } {
  const [time = null, id = null] = decodeCursor(kind, cursor, 2);
  return { createdAt: timeIn(time), id: idIn(id) };
}

function timeIn(value: CursorValue): Date {
  const time = new Date(typeof value === 'string' && TIME.test(value) ? value : Number.NaN);
  if (Number.isNaN(time.getTime())) throw notOurs();
  return time;
}

function idIn(value: CursorValue): string {
  if (!isUUID(value)) throw notOurs();
  return String(value);
}

function notOurs(): MalformedRequestError {
  return new MalformedRequestError('cursor is not one that this list gave: start again without it');
}
