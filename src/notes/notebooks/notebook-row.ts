/** A notebook as clients see it. */
export interface NotebookRow {
  id: string;
  parent_id: string | null;
  name: string;
  name_key: string;
  version: number;
  created_at: Date;
  updated_at: Date;
  /** Live notes directly in it. */
  note_count: number;
}

/** The columns of `NotebookRow`, of `notebooks b`. */
export const NOTEBOOK_ROW = `
  b.id, b.parent_id, b.name, b.name_key, b.version, b.created_at, b.updated_at,
  (select count(*) from notes n where n.user_id = b.user_id and n.notebook_id = b.id and n.deleted_at is null)::int as note_count`;
