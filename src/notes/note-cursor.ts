import type { CursorValue } from '../common/page';
import { MalformedRequestError } from '../common/problem';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/*
 * A cursor comes back from a client: what is in it becomes a parameter of a statement, and must be of the type that the statement expects, or a cursor that
 * was tampered with would be an error of the database. All throw MalformedRequestError.
 */

export function timeIn(value: CursorValue | undefined): string {
  if (typeof value !== 'string' || !TIME.test(value) || Number.isNaN(Date.parse(value))) throw malformed();
  return value;
}

export function idIn(value: CursorValue | undefined): string {
  if (typeof value !== 'string' || !UUID.test(value)) throw malformed();
  return value;
}

export function textIn(value: CursorValue | undefined): string {
  if (typeof value !== 'string' || value.includes('\0')) throw malformed();
  return value;
}

export function numberIn(value: CursorValue | undefined): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw malformed();
  return value;
}

function malformed(): MalformedRequestError {
  return new MalformedRequestError('cursor is not one that this list gave: start again without it');
}
