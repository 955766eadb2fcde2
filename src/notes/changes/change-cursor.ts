import { decodeCursor, encodeCursor } from '../../common/page';
import { MalformedRequestError, ProblemError } from '../../common/problem';

/** How far a client has come in the feed of a user. */
export interface ChangeCursor {
  /** The number of the last change that it has read. */
  seq: number;
  /**
   * What the feed had come to when the client began to read it from the start. It has never seen what was deleted before, and so misses nothing when such
   * tombstones are gone.
   */
  began: number;
}

const KIND = 'changes';

export function encodeChangeCursor(userId: string, { seq, began }: ChangeCursor): string {
  return encodeCursor(KIND, [userId, seq, began]);
}

/** @throws MalformedRequestError when it is not one, or one of another user. */
export function decodeChangeCursor(userId: string, cursor: string): ChangeCursor {
  const [owner, seq, began] = decodeCursor(KIND, cursor, 3);
  if (owner !== userId || !isSeq(seq) || !isSeq(began)) throw foreignCursor();
  return { seq, began };
}

/** 410: what was deleted since the cursor is not known any more. */
export class CursorExpiredError extends ProblemError {
  constructor() {
    const detail =
      'The cursor is too old to say what was deleted since: read GET /api/v1/changes from the start, without since, and drop what does not come';
    super(410, 'cursor-expired', 'Start again', detail);
  }
}

export function foreignCursor(): MalformedRequestError {
  return new MalformedRequestError('since is not a cursor that your feed gave: start again without it');
}

function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
