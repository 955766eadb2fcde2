import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { SqlParams } from '../../src/database/sql-params';
import { parseBookmarkUrl, siteOf } from '../../src/notes/bookmark-url';
import { parseSearchQuery } from '../../src/notes/search/parse-search-query';
import { compileSearch, type SearchSql } from '../../src/notes/search/search-sql';
import { cleanTagName, tagKey } from '../../src/notes/tag-name';
import { createTestDatabase, type TestDatabase } from './database';

export interface SampleNote {
  title?: string;
  body?: string;
  url?: string;
  tags?: string[];
  pinned?: boolean;
  archived?: boolean;
  trashed?: boolean;
  created?: string;
}

/** A user with some notes in a database of its own, written without the services, to try search SQL on. */
export class SearchLibrary {
  readonly userId = randomUUID();
  private readonly names = new Map<string, string>();

  private constructor(
    private readonly database: TestDatabase,
    readonly client: Client,
  ) {}

  static async create(notes: Record<string, SampleNote>): Promise<SearchLibrary> {
    const database = await createTestDatabase();
    const library = new SearchLibrary(database, new Client({ connectionString: database.url }));
    await library.client.connect();
    await library.client.query(`insert into users (id, email) values ($1, 'reader@example.org')`, [library.userId]);
    for (const [at, [name, note]] of Object.entries(notes).entries()) await library.insertNote(name, note, at + 1);
    return library;
  }

  async drop(): Promise<void> {
    await this.client.end();
    await this.database.drop();
  }

  /** The names of the notes that `query` finds, sorted, or best first when `ranked`. */
  async find(query: string, ranked = false): Promise<string[]> {
    const params = new SqlParams([this.userId]);
    const tags = await this.client.query<{ name_key: string; id: string }>('select name_key, id from tags');
    const { predicate, tsquery } = compileQuery(query, params, new Map(tags.rows.map((tag) => [tag.name_key, tag.id])));
    const rank = ranked ? `order by ts_rank(n.search, ${tsquery}) desc` : '';
    const { rows } = await this.client.query<{ id: string }>(
      `select n.id from notes n where n.user_id = $1 and ${predicate} ${rank}`,
      params.values,
    );
    const found = rows.map(({ id }) => this.names.get(id) ?? id);
    return ranked ? found : found.sort();
  }

  private async insertNote(name: string, note: SampleNote, seq: number): Promise<void> {
    const id = randomUUID();
    const bookmark = note.url === undefined ? null : parseBookmarkUrl(note.url);
    const created = note.created ?? '2026-01-01T00:00:00Z';
    const row: Record<string, unknown> = {
      id,
      user_id: this.userId,
      title: note.title,
      title_key: '',
      body: note.body,
      url: note.url,
      url_key: bookmark && 'key' in bookmark ? bookmark.key : null,
      url_host: note.url === undefined ? null : siteOf(note.url),
      pinned: note.pinned ?? false,
      archived_at: note.archived ? created : null,
      deleted_at: note.trashed ? created : null,
      seq,
      created_at: created,
      updated_at: created,
    };
    const params = new SqlParams();
    const placeholders = Object.values(row).map((value) => params.add(value));
    const vector = `note_search_vector(${params.add(note.title)}, null, ${params.add(row.url_host)}, ${params.add(note.body)})`;
    await this.client.query(
      `insert into notes (${Object.keys(row).join(', ')}, search) values (${placeholders.join(', ')}, ${vector})`,
      params.values,
    );
    for (const tag of note.tags ?? []) await this.tagNote(id, tag);
    this.names.set(id, name);
  }

  private async tagNote(noteId: string, tag: string): Promise<void> {
    const { rows } = await this.client.query<{ id: string }>(
      `insert into tags (id, user_id, name, name_key) values ($1, $2, $3, $4)
       on conflict (user_id, name_key) do update set name = tags.name returning id`,
      [randomUUID(), this.userId, cleanTagName(tag), tagKey(tag)],
    );
    await this.client.query(
      `insert into note_tags (note_id, tag_id, created_at) select id, $2, created_at from notes where id = $1`,
      [noteId, rows[0]?.id],
    );
  }
}

/** Parses and compiles a search that asks for something; without `tagIds`, the user has no tags. */
export function compileQuery(
  query: string,
  params: SqlParams,
  tagIds = new Map<string, string>(),
  languages: string[] = [],
): SearchSql {
  const { ast } = parseSearchQuery(query);
  if (ast === null) throw new Error(`${query} asks for nothing`);
  return compileSearch(ast, params, tagIds, new Map(), languages);
}
