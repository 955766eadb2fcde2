import { DatabaseError } from 'pg';
import { type EntityManager, QueryFailedError } from 'typeorm';
import { requireMatch } from '../common/etag';
import { ConflictError, NotFoundError, UnauthorizedError } from '../common/problem';
import type { Statement } from '../database/statements';
import { isUnchanged, type NoteEdit } from './note-edits';
import { deriveFields, DuplicateUrlError } from './note-fields';
import type { NoteRow } from './note-row';
import { FIND_BY_URL, type LockedUser, lockUser, type NoteState, updateNote } from './note-writes';
import { unknownNotebook } from './notebooks/notebook-problems';

/** Locks the user whose notes are to be written. @throws UnauthorizedError when the account is gone */
export async function lockWriter(manager: EntityManager, userId: string): Promise<LockedUser> {
  const user = await lockUser(manager, userId);
  if (user === undefined) throw accountIsGone();
  return user;
}

/**
 * Changes one note, which the caller has read after locking its user. What changes nothing is not written.
 * Call it within `namingDuplicates`.
 * @throws NotFoundError without a row; PreconditionFailedError; PreconditionRequiredError; what `edit` throws
 */
export async function changeNote(
  manager: EntityManager,
  user: LockedUser,
  row: NoteRow | undefined,
  ifMatch: string | undefined,
  edit: NoteEdit,
): Promise<NoteRow> {
  if (row === undefined) throw new NotFoundError('note');
  requireMatch(ifMatch, row.version, user.requireIfMatch);
  const now = new Date();
  const fields = { deletedAt: row.deleted_at, ...(await edit(row, now, manager, user.id)) };
  if (isUnchanged(row, fields)) return row;
  const note = {
    ...fields,
    ...deriveFields(fields),
    id: row.id,
    userId: user.id,
    version: row.version + 1,
    createdAt: row.created_at,
    updatedAt: now,
  };
  return writing(note, () => updateNote(manager, note));
}

/** Runs the statement that writes `note`, and says in our words which constraint stops it. @throws ConflictError `id-taken`; ValidationFailedError for an unknown notebook */
export async function writing(note: NoteState, write: () => Promise<NoteRow>): Promise<NoteRow> {
  try {
    return await write();
  } catch (error) {
    const constraint = constraintOf(error);
    if (constraint === 'notes_url_key_key') throw new AddressTakenError(note, error);
    if (constraint === 'notes_notebook_fkey') throw unknownNotebook('notebookId');
    if (constraint !== 'notes_pkey') throw error;
    throw new ConflictError('id-taken', 'A note has this id already: take another one, or leave it out');
  }
}

/** Another live bookmark has the address. Which one is asked when the failed statement is rolled back: before, nothing can be read. */
class AddressTakenError extends Error {
  constructor(
    readonly note: NoteState,
    cause: unknown,
  ) {
    super('A bookmark of this address exists', { cause });
  }
}

type Run = (statement: Statement, values: unknown[]) => Promise<{ id: string }[]>;

/**
 * Around a transaction, or one within another, that writes notes: names the bookmark that stands in the way.
 * @param run reads what that transaction would have seen
 * @throws DuplicateUrlError
 */
export async function namingDuplicates<T>(run: Run, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof AddressTakenError)) throw error;
    const [existing] = await run(FIND_BY_URL, [error.note.userId, error.note.urlKey]);
    if (existing !== undefined) throw new DuplicateUrlError(existing.id);
    throw new ConflictError('conflict', 'The bookmark of this address has just changed: try again');
  }
}

export function accountIsGone(): UnauthorizedError {
  return new UnauthorizedError('The account of this token is gone', 'invalid_token');
}

function constraintOf(error: unknown): string | undefined {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return cause instanceof DatabaseError ? cause.constraint : undefined;
}
