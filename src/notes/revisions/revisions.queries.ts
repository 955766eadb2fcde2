import type { Statement } from '../../database/statements';
import { bytesOf } from '../note-row';

/** A former state of a note without its text. */
export interface RevisionHeadRow {
  version: number;
  title: string | null;
  url: string | null;
  bytes: number;
  created_at: Date;
  replaced_at: Date;
}

export interface RevisionRow extends RevisionHeadRow {
  note_id: string;
  body: string | null;
}

const HEAD = `r.version, r.title, r.url, r.created_at, r.replaced_at, ${bytesOf('r')} as bytes`;

/** The columns of `RevisionRow`, of `revisions r`. */
export const REVISION_ROW = `r.note_id, r.body, ${HEAD}`;

/** $1 the note, $2 its owner, $3 below which version, $4 how many, newest first. No row: no such note; one without a version: it has no revisions. */
export const LIST_REVISIONS: Statement = {
  name: 'list-revisions',
  quick: true,
  text: `
    select found.* from notes n left join lateral (
      select ${HEAD} from revisions r where r.note_id = n.id and r.version < $3 order by r.version desc limit $4
    ) found on true
    where n.id = $1 and n.user_id = $2
    order by found.version desc`,
};

/** $1 the note, $2 its owner, $3 the version. */
export const GET_REVISION: Statement = {
  name: 'get-revision',
  quick: true,
  text: `select ${REVISION_ROW} from revisions r where r.note_id = $1 and r.user_id = $2 and r.version = $3`,
};

/** What a note says or said. */
export interface NoteText {
  version: number;
  title: string | null;
  body: string | null;
  url: string | null;
}

export interface NoteTextRow extends NoteText {
  is_current: boolean;
}

/** $1 the note, $2 its owner: what it said in the versions $3, those that are kept, and what it says now, last. No row: no such note. */
export const READ_TEXTS: Statement = {
  name: 'read-note-texts',
  text: `
    select r.version, r.title, r.body, r.url, false as is_current
    from revisions r where r.note_id = $1 and r.user_id = $2 and r.version = any($3::integer[])
    union all
    select n.version, n.title, n.body, n.url, true from notes n where n.id = $1 and n.user_id = $2
    order by is_current`,
};
