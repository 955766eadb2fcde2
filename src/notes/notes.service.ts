import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { requireMatch } from '../common/etag';
import { ConflictError, NotFoundError, UnauthorizedError } from '../common/problem';
import { newId } from '../common/uuid';
import { breaches } from '../database/constraints';
import { Statements } from '../database/statements';
import { deriveFields, DuplicateUrlError, type NoteFields, tidyNote } from './note-fields';
import type { ListNotesQuery } from './list-notes.query';
import { NotePages } from './note-pages';
import type { NotePage } from './note-page';
import type { NoteRow } from './note-row';
import type { CreateNoteRequest, UpdateNoteRequest } from './note.requests';
import { CREATE_NOTE, FIND_BY_URL, lockUser, type NoteState, noteValues, readNote, updateNote } from './note-writes';
import { placeOfRestored } from './notebooks/notebook-places';
import { unknownNotebook } from './notebooks/notebook-problems';
import { GET_NOTE } from './notes.queries';
import { tagKey } from './tag-name';

type Edit = NoteFields & { deletedAt?: Date | null };

/** What a change makes of a note, in the transaction that writes it. */
type EditNote = (row: NoteRow, now: Date, manager: EntityManager) => Edit | Promise<Edit>;

@Injectable()
export class NotesService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly statements: Statements,
    private readonly notePages: NotePages,
  ) {}

  /** The one door to a note. @throws NotFoundError when there is none, or it is another user's. */
  async getOwned(userId: string, id: string): Promise<NoteRow> {
    const [row] = await this.statements.run<NoteRow>(GET_NOTE, [id, userId]);
    if (row === undefined) throw new NotFoundError('note');
    return row;
  }

  /** A page of notes: by relevance when there is a search and no order is asked for. @throws MalformedRequestError when the cursor is not of this list. */
  list(userId: string, query: ListNotesQuery): Promise<NotePage> {
    return this.notePages.page(userId, query);
  }

  /**
   * Makes a note, in one statement.
   * @throws ValidationFailedError; DuplicateUrlError when a live bookmark has the address.
   */
  async create(userId: string, request: CreateNoteRequest): Promise<NoteRow> {
    const now = new Date();
    const fields = tidyNote({
      title: request.title ?? null,
      body: request.body ?? null,
      url: request.url ?? null,
      tags: request.tags ?? [],
      notebookId: request.notebookId ?? null,
      pinned: request.pinned ?? false,
      archivedAt: request.archived ? now : null,
    });
    const derived = deriveFields(fields);
    const note = {
      ...fields,
      ...derived,
      id: newId(),
      userId,
      deletedAt: null,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    return this.orDuplicate(note, async () => {
      const [row] = await this.statements.run<NoteRow>(CREATE_NOTE, noteValues(note));
      if (row === undefined) throw accountIsGone();
      return row;
    });
  }

  /**
   * Applies a merge patch. A patch that changes nothing leaves the version alone.
   * @throws NotFoundError; PreconditionFailedError; ConflictError `note-in-trash`; DuplicateUrlError
   */
  async update(userId: string, id: string, patch: UpdateNoteRequest, ifMatch: string | undefined): Promise<NoteRow> {
    return this.change(userId, id, ifMatch, (row, now) => {
      if (row.deleted_at !== null)
        throw new ConflictError('note-in-trash', 'The note is in the trash: restore it first');
      const fields = fieldsOf(row);
      return tidyNote({
        title: patched(patch.title, fields.title),
        body: patched(patch.body, fields.body),
        url: patched(patch.url, fields.url),
        tags: patch.tags === undefined ? fields.tags : (patch.tags ?? []),
        notebookId: patched(patch.notebookId, fields.notebookId),
        pinned: patch.pinned === undefined ? fields.pinned : (patch.pinned ?? false),
        archivedAt:
          patch.archived === undefined ? fields.archivedAt : patch.archived ? (fields.archivedAt ?? now) : null,
      });
    });
  }

  /** Moves a note to the trash; one that is there stays as it is. @throws NotFoundError; PreconditionFailedError */
  async trash(userId: string, id: string, ifMatch: string | undefined): Promise<void> {
    await this.change(userId, id, ifMatch, (row, now) => ({ ...fieldsOf(row), deletedAt: row.deleted_at ?? now }));
  }

  /** Takes a note out of the trash, back into its notebook: had that gone with it, it is found by its name, or made again. @throws NotFoundError; DuplicateUrlError when a live bookmark has the address by now. */
  async restore(userId: string, id: string, ifMatch: string | undefined): Promise<NoteRow> {
    return this.change(userId, id, ifMatch, async (row, _now, manager) => ({
      ...fieldsOf(row),
      ...(await placeOfRestored(manager, userId, id)),
      deletedAt: null,
    }));
  }

  private async change(userId: string, id: string, ifMatch: string | undefined, edit: EditNote): Promise<NoteRow> {
    let attempted: NoteState | undefined;
    const write = (manager: EntityManager): Promise<NoteRow> =>
      this.changeLocked(manager, userId, id, ifMatch, edit, (note) => (attempted = note));
    try {
      return await this.dataSource.transaction(write);
    } catch (error) {
      if (attempted === undefined) throw error;
      return this.orDuplicate(attempted, () => Promise.reject(error));
    }
  }

  private async changeLocked(
    manager: EntityManager,
    userId: string,
    id: string,
    ifMatch: string | undefined,
    edit: EditNote,
    attempt: (note: NoteState) => void,
  ): Promise<NoteRow> {
    if (!(await lockUser(manager, userId))) throw accountIsGone();
    const row = await readNote(manager, userId, id);
    if (row === undefined) throw new NotFoundError('note');
    requireMatch(ifMatch, row.version);
    const now = new Date();
    const fields = { deletedAt: row.deleted_at, ...(await edit(row, now, manager)) };
    if (isUnchanged(row, fields)) return row;
    const note = {
      ...fields,
      ...deriveFields(fields),
      id,
      userId,
      version: row.version + 1,
      createdAt: row.created_at,
      updatedAt: now,
    };
    attempt(note);
    return updateNote(manager, note);
  }

  /** Turns a breach of `notes_url_key_key` into the 409 that names the bookmark that is there, and one of `notes_notebook_fkey` into 400. */
  private async orDuplicate(note: NoteState, write: () => Promise<NoteRow>): Promise<NoteRow> {
    try {
      return await write();
    } catch (error) {
      if (breaches(error, 'notes_notebook_fkey')) throw unknownNotebook('notebookId');
      if (!breaches(error, 'notes_url_key_key')) throw error;
      const [existing] = await this.statements.run<{ id: string }>(FIND_BY_URL, [note.userId, note.urlKey]);
      if (existing === undefined)
        throw new ConflictError('conflict', 'The bookmark of this address has just changed: try again');
      throw new DuplicateUrlError(existing.id);
    }
  }
}

function fieldsOf(row: NoteRow): NoteFields {
  const { title, body, url, tags, pinned } = row;
  return { title, body, url, tags, pinned, notebookId: row.notebook_id, archivedAt: row.archived_at };
}

function patched<T>(value: T | undefined, current: T): T {
  return value === undefined ? current : value;
}

function isUnchanged(row: NoteRow, fields: NoteFields & { deletedAt: Date | null }): boolean {
  return (
    row.title === fields.title &&
    row.body === fields.body &&
    row.url === fields.url &&
    row.notebook_id === fields.notebookId &&
    row.pinned === fields.pinned &&
    row.archived_at?.getTime() === fields.archivedAt?.getTime() &&
    row.deleted_at?.getTime() === fields.deletedAt?.getTime() &&
    tagKeys(row.tags) === tagKeys(fields.tags)
  );
}

/** What two lists of tags have in common when they are the same tags: neither order nor spelling count. */
function tagKeys(names: string[]): string {
  return names.map(tagKey).sort().join();
}

function accountIsGone(): UnauthorizedError {
  return new UnauthorizedError('The account of this token is gone', 'invalid_token');
}
