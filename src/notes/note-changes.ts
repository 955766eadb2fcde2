import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { requireMatch } from '../common/etag';
import { ConflictError, NotFoundError } from '../common/problem';
import { breaches } from '../database/constraints';
import type { Statement } from '../database/statements';
import type { Amounts } from '../users/quota';
import { QuotasService } from '../users/quotas.service';
import { writeLinks } from './links/link-writes';
import { mayLink } from './links/links-in';
import { isUnchanged, type NoteEdit } from './note-edits';
import { deriveFields, DuplicateUrlError, noteBytes } from './note-fields';
import { withLanguage } from './languages/note-language';
import type { NoteRow } from './note-row';
import { createNote, FIND_BY_URL, type LockedUser, type NoteState, updateNote } from './note-writes';
import { unknownNotebook } from './notebooks/notebook-problems';

/** Writes single notes in the caller's transaction, which it calls within `namingDuplicates`. */
@Injectable()
export class NoteChanges {
  constructor(private readonly quotas: QuotasService) {}

  /** Makes a note, whose user is locked. @throws ConflictError `id-taken`; ValidationFailedError for a notebook that is not there; QuotaExceededError */
  create(manager: EntityManager, note: NoteState): Promise<NoteRow> {
    const growth = { notes: 1, bytes: noteBytes(note) };
    const write = (): Promise<NoteRow | undefined> => createNote(manager, note, growth, this.quotas.defaults);
    return writing(note, () => this.orRefused(manager, note, growth, write));
  }

  /**
   * Changes one note, which the caller has read after locking its user. What changes nothing is not written.
   * @throws NotFoundError without a row; PreconditionFailedError; PreconditionRequiredError; ValidationFailedError for a notebook that is not there; QuotaExceededError when
   * it grows too much; what `edit` throws
   */
  async change(
    manager: EntityManager,
    user: LockedUser,
    row: NoteRow | undefined,
    ifMatch: string | undefined,
    edit: NoteEdit,
  ): Promise<NoteRow> {
    const current = requireCurrent(user, row, ifMatch);
    const now = new Date();
    const fields = { deletedAt: current.deleted_at, ...(await edit(current, { now, manager, userId: user.id })) };
    if (isUnchanged(current, fields)) return current;
    const note = {
      ...(await withLanguage(fields)),
      ...deriveFields(fields),
      id: current.id,
      userId: user.id,
      version: current.version + 1,
      createdAt: current.created_at,
      updatedAt: now,
    };
    const growth = { notes: 0, bytes: noteBytes(fields) - noteBytes(current) };
    const write = (): Promise<NoteRow | undefined> => updateNote(manager, note, growth, this.quotas.defaults);
    const written = await writing(note, () => this.orRefused(manager, note, growth, write));
    const mayDiffer = note.body !== current.body && (mayLink(note.body) || mayLink(current.body));
    if (mayDiffer) await writeLinks(manager, user.id, [note]);
    return written;
  }

  private async orRefused(
    manager: EntityManager,
    { userId }: NoteState,
    growth: Amounts,
    write: () => Promise<NoteRow | undefined>,
  ): Promise<NoteRow> {
    const row = await write();
    if (row === undefined) throw await this.quotas.refusal(manager, userId, growth);
    return row;
  }
}

/** The note that was read after locking its user, if a change of it may go on. @throws NotFoundError without a row; PreconditionFailedError; PreconditionRequiredError */
export function requireCurrent(user: LockedUser, row: NoteRow | undefined, ifMatch: string | undefined): NoteRow {
  if (row === undefined) throw new NotFoundError('note');
  requireMatch(ifMatch, row.version, user.requireIfMatch);
  return row;
}

/**
 * Runs the statement that writes `note`, and says in our words which constraint stops it.
 * @throws ConflictError `id-taken`; ValidationFailedError for a notebook that is not there
 */
export async function writing(note: NoteState, write: () => Promise<NoteRow>): Promise<NoteRow> {
  try {
    return await write();
  } catch (error) {
    if (breaches(error, 'notes_url_key_key')) throw new AddressTakenError(note, error);
    if (breaches(error, 'notes_notebook_fkey')) throw unknownNotebook('notebookId');
    if (!breaches(error, 'notes_pkey')) throw error;
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
