import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { type Author, clientIdOf } from '../common/current-user';
import { ConflictError, NotFoundError } from '../common/problem';
import { type Statement, Statements } from '../database/statements';
import type { ListNotesQuery } from './list-notes.query';
import { QuotasService } from '../users/quotas.service';
import { NoteChanges, namingDuplicates, requireCurrent, writing } from './note-changes';
import { newNote, type NoteEdit, restoreEdit, trashEdit } from './note-edits';
import { noteBytes } from './note-fields';
import type { NotePage } from './note-page';
import { NotePages } from './note-pages';
import type { NoteRow } from './note-row';
import { CREATE_NOTE, lockWriter, newNoteValues, readNote } from './note-writes';
import type { CreateNoteRequest } from './note.requests';
import { GET_NOTE } from './notes.queries';
import { type NotePatch, patchEdit } from './patch/note-patch';
import { revisionEdit } from './revisions/revision-edit';
import { removeNote } from './trash/note-removal';

@Injectable()
export class NotesService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly statements: Statements,
    private readonly notePages: NotePages,
    private readonly changes: NoteChanges,
    private readonly quotas: QuotasService,
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
   * @throws ValidationFailedError; ConflictError `id-taken`; DuplicateUrlError when a live bookmark has the address; QuotaExceededError
   */
  async create(userId: string, request: CreateNoteRequest): Promise<NoteRow> {
    const note = await newNote(userId, request, new Date());
    return namingDuplicates(this.run, () =>
      writing(note, async () => {
        const growth = { notes: 1, bytes: noteBytes(note) };
        const [row] = await this.statements.run<NoteRow>(
          CREATE_NOTE,
          newNoteValues(note, growth, this.quotas.defaults),
        );
        if (row === undefined) throw await this.quotas.refusal(this.dataSource.manager, userId, growth);
        return row;
      }),
    );
  }

  /**
   * Applies a patch. One that changes nothing leaves the version alone.
   * @throws NotFoundError; PreconditionFailedError; PreconditionRequiredError; DuplicateUrlError; QuotaExceededError when it grows too much; what `patchEdit` says
   */
  update(author: Author, id: string, patch: NotePatch, ifMatch: string | undefined): Promise<NoteRow> {
    return this.change(author.id, id, ifMatch, patchEdit(patch), clientIdOf(author));
  }

  /** Moves a note to the trash; one that is there stays as it is. @throws NotFoundError; PreconditionFailedError; PreconditionRequiredError */
  async trash(userId: string, id: string, ifMatch: string | undefined): Promise<void> {
    await this.change(userId, id, ifMatch, trashEdit);
  }

  /**
   * Deletes a note in the trash for good, with all that it said before.
   * @throws NotFoundError; PreconditionFailedError; PreconditionRequiredError; ConflictError `note-not-in-trash`
   */
  remove(userId: string, id: string, ifMatch: string | undefined): Promise<void> {
    return this.dataSource.transaction(async (manager) => {
      const user = await lockWriter(manager, userId);
      const note = requireCurrent(user, await readNote(manager, userId, id), ifMatch);
      if (note.deleted_at === null) {
        throw new ConflictError('note-not-in-trash', 'Only what is in the trash is deleted for good: delete it first');
      }
      await removeNote(manager, userId, id);
    });
  }

  /**
   * Takes a note out of the trash, back into its notebook.
   * @throws NotFoundError; PreconditionFailedError; PreconditionRequiredError; DuplicateUrlError when a live bookmark has the address by now
   */
  restore(userId: string, id: string, ifMatch: string | undefined): Promise<NoteRow> {
    return this.change(userId, id, ifMatch, restoreEdit);
  }

  /**
   * Makes a note say again what it said in a revision, as a new version. What it says now is kept, however short ago it was written: so no client is named.
   * @throws NotFoundError for the note and the revision; ConflictError `note-in-trash`; and what `update` throws
   */
  restoreRevision(userId: string, id: string, version: number, ifMatch: string | undefined): Promise<NoteRow> {
    return this.change(userId, id, ifMatch, revisionEdit(version));
  }

  private change(
    userId: string,
    id: string,
    ifMatch: string | undefined,
    edit: NoteEdit,
    clientId?: string,
  ): Promise<NoteRow> {
    return namingDuplicates(this.run, () =>
      this.dataSource.transaction(async (manager) => {
        const user = await lockWriter(manager, userId, clientId);
        return this.changes.change(manager, user, await readNote(manager, userId, id), ifMatch, edit);
      }),
    );
  }

  private readonly run = (statement: Statement, values: unknown[]): Promise<{ id: string }[]> =>
    this.statements.run(statement, values);
}
