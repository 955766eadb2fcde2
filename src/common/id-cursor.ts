import { validate } from 'uuid';
import { decodeCursor, encodeCursor } from './page';
import { MalformedRequestError } from './problem';

/** The cursor behind a row of a list that is ordered by id. */
export function idCursor(kind: string, { id }: { id: string }): string {
  return encodeCursor(kind, [id]);
}

/** Where the next page begins. @throws MalformedRequestError when the cursor is not of this list. */
export function readIdCursor(kind: string, cursor: string): string {
  const [id] = decodeCursor(kind, cursor, 1);
  if (typeof id === 'string' && validate(id)) return id;
  throw new MalformedRequestError('cursor is not one that this list gave: start again without it');
}
