import type { EntityManager } from 'typeorm';
import { newId } from '../common/uuid';
import { ValidationFailedError } from '../common/problem';
import { deriveFields, MAX_TAGS, type NoteFields, tidyNote } from './note-fields';
import type { NoteRow } from './note-row';
import type { CreateNoteRequest, UpdateNoteRequest } from './note.requests';
import type { NoteState } from './note-writes';
import { languageOf, saidLanguage, withLanguage } from './languages/note-language';
import { placeOfRestored } from './notebooks/notebook-places';
import { cleanTagNames, tagKey } from './tag-name';
import { requireOutOfTrash } from './trash/in-trash';

/** What a note is to say; without `deletedAt` it stays where it is, in the trash or not. */
export type EditedFields = NoteFields & { deletedAt?: Date | null };

/** Where an edit happens: in which transaction, of whose note. */
export interface EditContext {
  now: Date;
  manager: EntityManager;
  userId: string;
}

/** Says what a note is to be, from what it is. */
export type NoteEdit = (row: NoteRow, context: EditContext) => EditedFields | Promise<EditedFields>;

/** A note as a request asks for it. @throws ValidationFailedError */
export async function newNote(userId: string, request: CreateNoteRequest, now: Date): Promise<NoteState> {
  const fields = tidyNote({
    title: request.title ?? null,
    body: request.body ?? null,
    url: request.url ?? null,
    tags: request.tags ?? [],
    notebookId: request.notebookId ?? null,
    pinned: request.pinned ?? false,
    archivedAt: request.archived ? now : null,
    ...saidLanguage(request.language ?? null),
  });
  const id = request.id?.toLowerCase() ?? newId();
  return {
    ...(await withLanguage(fields)),
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
  return (row, { now }) => {
    const fields = editableFields(row);
    return tidyNote({
      title: patched(patch.title, fields.title),
      body: patched(patch.body, fields.body),
      url: patched(patch.url, fields.url),
      tags: patch.tags === undefined ? fields.tags : (patch.tags ?? []),
      notebookId: patched(patch.notebookId, fields.notebookId),
      pinned: patch.pinned === undefined ? fields.pinned : (patch.pinned ?? false),
      archivedAt: patch.archived === undefined ? fields.archivedAt : patch.archived ? (fields.archivedAt ?? now) : null,
      ...(patch.language === undefined ? languageOf(fields) : saidLanguage(patch.language)),
    });
  };
}

/** Into the trash; what is there stays as it is. */
export const trashEdit: NoteEdit = (row, { now }) => ({ ...fieldsOf(row), deletedAt: row.deleted_at ?? now });

/** Out of the trash, back into its notebook: had that gone with it, it is found by its name, or made again. */
export const restoreEdit: NoteEdit = async (row, { manager, userId }) => ({
  ...fieldsOf(row),
  ...(await placeOfRestored(manager, userId, row.id)),
  deletedAt: null,
});

/** Into a notebook; null: out of all. The edit throws as a merge patch does. */
export function moveEdit(notebookId: string | null): NoteEdit {
  return (row) => ({ ...editableFields(row), notebookId });
}

/** Adds tags. The edit throws as a merge patch does. */
export function tagEdit(names: string[]): NoteEdit {
  return (row) => {
    const fields = editableFields(row);
    const tags = cleanTagNames([...fields.tags, ...names]);
    if (tags.length <= MAX_TAGS) return { ...fields, tags };
    throw new ValidationFailedError([
      { pointer: '#/tags', detail: `must have at most ${MAX_TAGS} items`, code: 'arrayMaxSize' },
    ]);
  };
}

/** Takes tags away; those that the note does not have are no error. */
export function untagEdit(names: string[]): NoteEdit {
  const keys = new Set(names.map(tagKey));
  return (row) => {
    const fields = editableFields(row);
    return { ...fields, tags: fields.tags.filter((name) => !keys.has(tagKey(name))) };
  };
}

/** What can be changed of a note. @throws ConflictError `note-in-trash` */
export function editableFields(row: NoteRow): NoteFields {
  requireOutOfTrash(row);
  return fieldsOf(row);
}

export function isUnchanged(row: NoteRow, fields: NoteFields & { deletedAt: Date | null }): boolean {
  return (
    row.title === fields.title &&
    row.body === fields.body &&
    row.url === fields.url &&
    row.notebook_id === fields.notebookId &&
    row.pinned === fields.pinned &&
    row.language_set === fields.isLanguageSet &&
    (!fields.isLanguageSet || row.language === fields.language) &&
    row.archived_at?.getTime() === fields.archivedAt?.getTime() &&
    row.deleted_at?.getTime() === fields.deletedAt?.getTime() &&
    sameTags(row.tags, fields.tags)
  );
}

function fieldsOf(row: NoteRow): NoteFields {
  const { title, body, url, tags, pinned, language } = row;
  const [notebookId, archivedAt, isLanguageSet] = [row.notebook_id, row.archived_at, row.language_set];
  return { title, body, url, tags, pinned, language, notebookId, archivedAt, isLanguageSet };
}

function patched<T>(value: T | undefined, current: T): T {
  return value === undefined ? current : value;
}

/** Whether two lists name the same tags: neither order nor spelling count. */
export function sameTags(some: string[], others: string[]): boolean {
  return tagKeys(some) === tagKeys(others);
}

function tagKeys(names: string[]): string {
  return names.map(tagKey).sort().join();
}
