import type { EntityManager } from 'typeorm';
import { ConflictError } from '../common/problem';
import { newId } from '../common/uuid';
import { deriveFields, type NoteFields, tidyNote } from './note-fields';
import type { NoteRow } from './note-row';
import type { CreateNoteRequest, UpdateNoteRequest } from './note.requests';
import type { NoteState } from './note-writes';
import { placeOfRestored } from './notebooks/notebook-places';
import { tagKey } from './tag-name';

/** What a note is to say; without `deletedAt` it stays where it is, in the trash or not. */
export type EditedFields = NoteFields & { deletedAt?: Date | null };

/** Says what a note is to be, from what it is, in the transaction that writes it: `userId` is whose note it is. */
export type NoteEdit = (
  row: NoteRow,
  now: Date,
  manager: EntityManager,
  userId: string,
) => EditedFields | Promise<EditedFields>;

/** A note as a request asks for it. @throws ValidationFailedError */
export function newNote(userId: string, request: CreateNoteRequest, now: Date): NoteState {
  const fields = tidyNote({
    title: request.title ?? null,
    body: request.body ?? null,
    url: request.url ?? null,
    tags: request.tags ?? [],
    notebookId: request.notebookId ?? null,
    pinned: request.pinned ?? false,
    archivedAt: request.archived ? now : null,
  });
  const id = request.id?.toLowerCase() ?? newId();
  return {
    ...fields,
    ...deriveFields(fields),
    id,
    userId,
    deletedAt: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

/** A merge patch. The edit throws ConflictError `note-in-trash`, or ValidationFailedError when nothing would be left. */
export function mergeEdit(patch: UpdateNoteRequest): NoteEdit {
  return (row, now) => {
    const fields = editableFields(row);
    return tidyNote({
      title: patched(patch.title, fields.title),
      body: patched(patch.body, fields.body),
      url: patched(patch.url, fields.url),
      tags: patch.tags === undefined ? fields.tags : (patch.tags ?? []),
      notebookId: patched(patch.notebookId, fields.notebookId),
      pinned: patch.pinned === undefined ? fields.pinned : (patch.pinned ?? false),
      archivedAt: patch.archived === undefined ? fields.archivedAt : patch.archived ? (fields.archivedAt ?? now) : null,
    });
  };
}

/** Into the trash; what is there stays as it is. */
export const trashEdit: NoteEdit = (row, now) => ({ ...fieldsOf(row), deletedAt: row.deleted_at ?? now });

/** Out of the trash, into its place. */
export const restoreEdit: NoteEdit = async (row, _now, manager, userId) => ({
  ...fieldsOf(row),
  ...(await placeOfRestored(manager, userId, row.id)),
  deletedAt: null,
});

/** What can be changed of a note. @throws ConflictError `note-in-trash` */
export function editableFields(row: NoteRow): NoteFields {
  if (row.deleted_at !== null) throw new ConflictError('note-in-trash', 'The note is in the trash: restore it first');
  return fieldsOf(row);
}

export function isUnchanged(row: NoteRow, fields: NoteFields & { deletedAt: Date | null }): boolean {
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

function fieldsOf(row: NoteRow): NoteFields {
  const { title, body, url, tags, pinned } = row;
  return { title, body, url, tags, pinned, notebookId: row.notebook_id, archivedAt: row.archived_at };
}

function patched<T>(value: T | undefined, current: T): T {
  return value === undefined ? current : value;
}

/** What two lists of tags have in common when they are the same tags: neither order nor spelling count. */
function tagKeys(names: string[]): string {
  return names.map(tagKey).sort().join();
}
