/** A note as the statements of this module read it: the columns that clients see, and its tags. */
export interface NoteRow {
  id: string;
  title: string | null;
  body: string | null;
  url: string | null;
  notebook_id: string | null;
  pinned: boolean;
  archived_at: Date | null;
  deleted_at: Date | null;
  version: number;
  created_at: Date;
  updated_at: Date;
  language: string | null;
  language_set: boolean;
  tags: string[];
}

/** A hit of a search. */
export interface NoteHitRow extends NoteRow {
  score: number;
}

/** The texts of a note that hits are shown in, or what is shown of them: with markers, not HTML. */
export interface NoteHeadlines {
  title: string | null;
  body: string | null;
}

/** What a note takes of its user's quota, as `noteBytes` counts it; also of a revision. Lengths of texts are known without reading them. */
export const bytesOf = (row: string): string =>
  ['title', 'body', 'url'].map((text) => `coalesce(octet_length(${row}.${text}), 0)`).join(' + ');

/** The columns of `NoteRow` but for the tags. */
export const NOTE_COLUMNS =
  'n.id, n.title, n.body, n.url, n.notebook_id, n.pinned, n.archived_at, n.deleted_at, n.version, n.created_at, n.updated_at, n.language, n.language_set';

const noteRow = (tagName: string): string => `${NOTE_COLUMNS}, array(
  select ${tagName} from note_tags nt join tags t on t.id = nt.tag_id where nt.note_id = n.id order by t.name_key
) as tags`;

/** The name of a tag `t` on a note `n`: one that is being renamed has its former name on a note that was last written before. Name, version and search follow together. */
export const TAG_NAME = 'case when n.seq < t.renamed_seq then t.former_name else t.name end';

/** The columns of `NoteRow`, of `notes n`. */
export const NOTE_ROW = noteRow(TAG_NAME);

/** The same for those who write the note: with it, it gets the new name. */
export const NOTE_ROW_TO_WRITE = noteRow('t.name');
