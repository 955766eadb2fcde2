import { ConflictError } from '../../common/problem';

/** Why a note in the trash is not changed. */
export const IN_TRASH = { code: 'note-in-trash', detail: 'The note is in the trash: restore it first' } as const;

/** @throws ConflictError `note-in-trash` */
export function requireOutOfTrash({ deleted_at: deletedAt }: { deleted_at: Date | null }): void {
  if (deletedAt !== null) throw new ConflictError(IN_TRASH.code, IN_TRASH.detail);
}
