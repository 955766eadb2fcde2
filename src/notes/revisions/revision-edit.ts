import { NotFoundError } from '../../common/problem';
import { editableFields, type NoteEdit } from '../note-edits';
import { tidyNote } from '../note-fields';
import { GET_REVISION, type RevisionRow } from './revisions.queries';

/** Says again what the note said; where and how it is filed stays. The edit throws NotFoundError when the revision is not kept, and ConflictError `note-in-trash`. */
export function revisionEdit(version: number): NoteEdit {
  return async (row, { manager, userId }) => {
    const fields = editableFields(row);
    const [kept] = await manager.query<RevisionRow[]>(GET_REVISION.text, [row.id, userId, version]);
    if (kept === undefined) throw new NotFoundError('revision');
    const { title, body, url } = kept;
    return tidyNote({ ...fields, title, body, url });
  };
}
