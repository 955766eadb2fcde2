import type { EntityManager } from 'typeorm';
import type { Statement } from '../../database/statements';
import { bytesOf } from '../note-row';

/** Notes in one statement: the revisions of each go with it. */
const BATCH = 25;

/** What is gone counts no more, and takes its numbers of the user's sequence. The feed of changes gets tombstones by its trigger. */
const UNCOUNT = `
  update users u
  set change_seq = u.change_seq + gone.notes, note_count = u.note_count - gone.notes, note_bytes = u.note_bytes - gone.bytes
  from (select user_id, count(*) as notes, sum(bytes) as bytes from removed group by user_id) gone
  where u.id = gone.user_id
  returning u.id`;

/** $1 a note, $2 its user, who is locked. */
const REMOVE_NOTE = `
  with removed as (delete from notes n where n.id = $1 and n.user_id = $2 returning n.user_id, ${bytesOf('n')} as bytes)
  ${UNCOUNT}`;

/**
 * $1 days: notes of one user that are in the trash for longer. The user is locked first, as by all who write notes; one who is locked is left to the next time. A note that came back
 * while this began is left out when it is to be deleted.
 */
export const REMOVE_OLD_TRASH: Statement = {
  name: 'remove-old-trash',
  text: `
    with owner as (
      select id from users where id in (
        select user_id from notes where deleted_at < now() - make_interval(days => $1) order by deleted_at limit 1
      )
      for no key update skip locked
    ),
    old as (
      select n.id from owner join notes n on n.user_id = owner.id
      where n.deleted_at < now() - make_interval(days => $1) limit ${BATCH}
    ),
    removed as (
      delete from notes n using old
      where n.id = old.id and n.deleted_at < now() - make_interval(days => $1)
      returning n.user_id, ${bytesOf('n')} as bytes
    )
    ${UNCOUNT}`,
};

/** Deletes a note for good, with its revisions; the caller has locked the user. */
export async function removeNote(manager: EntityManager, userId: string, id: string): Promise<void> {
  await manager.query(REMOVE_NOTE, [id, userId]);
}
