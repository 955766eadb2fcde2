import type { EntityManager } from 'typeorm';
import { linksIn } from './links-in';

/** A note with its text as it is now. */
export interface LinkingNote {
  id: string;
  body: string | null;
}

/**
 * Part of the statement that makes a `note`: its links, as `linkValues` has them, from the parameter `first` on. Titles that the database takes for the same are one target, the first.
 */
export const insertLinks = (first: number): string => `
  link_target as (
    select distinct on (target_key) target_key, target, target_id, position
    from unnest($${first}::text[], $${first + 1}::uuid[]) with ordinality as w(target, target_id, position)
    cross join lateral link_key(target) as target_key
    order by target_key, position
  ),
  linked as (
    insert into note_links (note_id, target_key, user_id, target, target_id, position, created_at)
    select note.id, w.target_key, note.user_id, w.target, w.target_id, w.position, note.created_at from note cross join link_target w
  )`;

/** The values of `insertLinks`. */
export function linkValues(body: string | null): unknown[] {
  const links = linksIn(body);
  return [links.map(({ target }) => target), links.map(({ id }) => id)];
}

/** $1 the user, $2 notes; $3 to $6 their links, a column an array. Only what differs is written. */
const WRITE_LINKS = `
  with wanted as (
    select distinct on (note_id, target_key) note_id, target_key, position, target, target_id
    from unnest($3::uuid[], $4::smallint[], $5::text[], $6::uuid[]) as w(note_id, position, target, target_id)
    cross join lateral link_key(target) as target_key
    order by note_id, target_key, position
  ),
  unlinked as (
    delete from note_links l where l.user_id = $1 and l.note_id = any($2::uuid[])
      and not exists (select from wanted w where w.note_id = l.note_id and w.target_key = l.target_key)
  )
  insert into note_links (note_id, target_key, user_id, target, target_id, position, created_at)
  select n.id, w.target_key, n.user_id, w.target, w.target_id, w.position, n.created_at
  from wanted w join notes n on n.id = w.note_id and n.user_id = $1
  on conflict (note_id, target_key) do update set target = excluded.target, target_id = excluded.target_id, position = excluded.position
  where (note_links.target, note_links.target_id, note_links.position) is distinct from (excluded.target, excluded.target_id, excluded.position)`;

/** Notes in one statement: 25,000 links at most, a second or two. */
const AT_ONCE = 25;

/** Writes the links of notes as they are in their texts now. The caller has locked the user. */
export async function writeLinks(manager: EntityManager, userId: string, notes: LinkingNote[]): Promise<void> {
  for (let done = 0; done < notes.length; done += AT_ONCE) {
    const part = notes.slice(done, done + AT_ONCE);
    const links = part.flatMap(({ id, body }) =>
      linksIn(body).map((link, at) => ({ link, noteId: id, position: at + 1 })),
    );
    await manager.query(WRITE_LINKS, [
      userId,
      part.map(({ id }) => id),
      links.map(({ noteId }) => noteId),
      links.map(({ position }) => position),
      links.map(({ link }) => link.target),
      links.map(({ link }) => link.id),
    ]);
  }
}
