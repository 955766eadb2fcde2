import { Pool } from 'pg';
import { v7 } from 'uuid';
import { Random } from './random';
import { drawWords, makeVocabulary, writeHan, writeText } from './words';

const VOCABULARY = 20_000;
const TAGS_A_USER = 200;
const BATCH = 1_000;
const CONNECTIONS = 2;
const SEED = 42;
const FIRST_TIME = Date.UTC(2023, 0, 1);
const YEARS_MS = 3 * 365 * 86_400_000;
/** Words that a phrase is made of are rarer than this: nobody searches for "of the". */
const PHRASE_RANK = 100;
const PHRASES = 200;
/** Of the notes, how many have a sentence in Chinese characters. */
const HAN = 0.02;

export interface LibrarySize {
  users: number;
  /** Of one further user, the reader, for search. */
  notes: number;
  /** How many of the other users have each of these notes, too. */
  copies: number;
  /** Of all notes; null: not known, so that words are found in no other form. */
  language: string | null;
}

export interface BenchUser {
  id: string;
  tags: { id: string; name: string }[];
  noteIds: string[];
  /** Those outside the trash. */
  liveIds: string[];
}

/** What was loaded, as far as requests are made of it. */
export interface Library {
  users: BenchUser[];
  /** The user with very many notes. */
  reader: BenchUser;
  /** Most frequent first. */
  vocabulary: string[];
  /** Pairs of words that follow each other in notes of the reader. */
  phrases: string[];
}

/** A note of a user, which the reader has too: made once, since making its search vector takes most of the time. */
interface NewNote {
  title: string;
  body: string;
  url: string | null;
  url_host: string | null;
  tags: string;
  pinned: boolean;
  archived_at: string | null;
  deleted_at: string | null;
  created_at: string;
  updated_at: string;
  copies: { id: string; user_id: string; seq: number; tag_ids: string[] }[];
}

const INSERT_USERS = `insert into users (id, email) select id, id || '@bench.example' from unnest($1::uuid[]) as u(id)`;

const KEEP_COUNTS = `
  update users set change_seq = $2::bigint, note_count = $2::integer, note_languages = case when $3::text is null then '{}' else jsonb_build_object($3, $2::integer) end
  where id = $1`;

const INSERT_TAGS = `
  insert into tags (id, user_id, name, name_key)
  select id, $1, name, name from json_to_recordset($2::json) as t(id uuid, name text)`;

const INSERT_NOTES = `
  with written as materialized (
    select w.*, note_search_vector(title, tags, url_host, body, null) as search
    from json_to_recordset($1::json) as w(
      title text, body text, url text, url_host text, tags text, pinned boolean, archived_at timestamptz, deleted_at timestamptz,
      created_at timestamptz, updated_at timestamptz, copies json
    )
  ),
  copy as materialized (
    select c.*, w.* from written w cross join json_to_recordset(w.copies) as c(id uuid, user_id uuid, seq bigint, tag_ids uuid[])
  ),
  links as (insert into note_tags (note_id, tag_id, created_at) select id, unnest(tag_ids), created_at from copy)
  insert into notes (
    id, user_id, title, title_key, body, url, url_key, url_host, pinned, archived_at, deleted_at, created_at, updated_at, seq, search, language
  )
  select
    id, user_id, title, left(lower(title), 100), body, url, sha256(convert_to(url, 'UTF8')), url_host, pinned, archived_at,
    deleted_at, created_at, updated_at, seq, search, $2::text
  from copy`;

/**
 * Fills an empty, migrated database: words by Zipf's law, bodies of 50 to 400 words, notes of all users mixed in the order of
 * time as they are in a real one. The search index is made at the end, as an import of this size would.
 */
export async function loadLibrary(url: string, size: LibrarySize): Promise<Library> {
  const pool = new Pool({ connectionString: url, max: CONNECTIONS });
  // A run that is interrupted stops the database; the statement that ran then says so itself.
  pool.on('error', () => undefined);
  try {
    const random = new Random(SEED);
    const users = Array.from({ length: size.users }, () => newUser(random));
    const reader = newUser(random);
    const library = { users, reader, vocabulary: makeVocabulary(VOCABULARY, random), phrases: [] };
    const all = [...users, reader];
    await pool.query(INSERT_USERS, [all.map((user) => user.id)]);
    for (const user of all) await pool.query(INSERT_TAGS, [user.id, JSON.stringify(user.tags)]);
    await withoutSearchIndex(pool, () => insertNotes(pool, library, size, random));
    for (const user of all) {
      await pool.query(KEEP_COUNTS, [user.id, user.noteIds.length, size.language]);
    }
    await pool.query('vacuum (analyze) notes, note_tags, tags, users');
    return library;
  } finally {
    await pool.end();
  }
}

function newUser(random: Random): BenchUser {
  const tags = Array.from({ length: TAGS_A_USER }, (_, at) => ({
    id: newIdAt(FIRST_TIME, random),
    name: tagName(at),
  }));
  return { id: newIdAt(FIRST_TIME, random), tags, noteIds: [], liveIds: [] };
}

async function withoutSearchIndex(pool: Pool, insert: () => Promise<void>): Promise<void> {
  const found = await pool.query<{ indexdef: string }>(
    `select indexdef from pg_indexes where indexname = 'notes_search_idx'`,
  );
  await pool.query('drop index notes_search_idx');
  await insert();
  const client = await pool.connect();
  try {
    await client.query(`set maintenance_work_mem = '512MB'`);
    for (const { indexdef } of found.rows) await client.query(indexdef);
  } finally {
    client.release(true);
  }
}

async function insertNotes(pool: Pool, library: Library, size: LibrarySize, random: Random): Promise<void> {
  const batches = newBatches(library, size, random);
  const insert = async (): Promise<void> => {
    for (const batch of batches) await pool.query(INSERT_NOTES, [JSON.stringify(batch), size.language]);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, insert));
}

function* newBatches(library: Library, size: LibrarySize, random: Random): Generator<NewNote[]> {
  for (let made = 0; made < size.notes; made += BATCH) {
    const first = made;
    const count = Math.min(BATCH, size.notes - first);
    yield Array.from({ length: count }, (_, at) => newNote(library, size, (first + at) / size.notes, random));
  }
}

/** @param age how far from the first note to the last, 0 to 1 */
function newNote(library: Library, size: LibrarySize, age: number, random: Random): NewNote {
  const { vocabulary, users, reader } = library;
  const createdAt = FIRST_TIME + Math.floor(YEARS_MS * age);
  const words = drawWords(vocabulary, random.between(50, 400), random);
  if (library.phrases.length < PHRASES) addPhrase(library, words);
  const tags = [...new Set(Array.from({ length: random.between(0, 5) }, () => random.zipf(TAGS_A_USER)))];
  const host = random.chance(0.3) ? `site-${random.zipf(2_000)}.example` : null;
  const later = new Date(createdAt + 86_400_000 * random.next()).toISOString();
  const deletedAt = random.chance(0.02) ? later : null;
  return {
    title: writeText(vocabulary, drawWords(vocabulary, random.between(2, 10), random)).slice(0, -1),
    body: random.chance(HAN)
      ? `${writeText(vocabulary, words)}\n\n${writeHan(20, random)}`
      : writeText(vocabulary, words),
    url: host === null ? null : `https://${host}/articles/${createdAt}-${random.between(0, 1e9)}`,
    url_host: host,
    tags: tags.map(tagName).join(' '),
    pinned: random.chance(0.01),
    archived_at: random.chance(0.05) ? later : null,
    deleted_at: deletedAt,
    created_at: new Date(createdAt).toISOString(),
    updated_at: later,
    copies: [...someOf(users, size.copies, random), reader].map((owner) => {
      const id = newIdAt(createdAt, random);
      owner.noteIds.push(id);
      if (deletedAt === null) owner.liveIds.push(id);
      const tag_ids = owner.tags.filter((_, index) => tags.includes(index)).map((tag) => tag.id);
      return { id, user_id: owner.id, seq: owner.noteIds.length, tag_ids };
    }),
  };
}

/** `count` different ones. */
function someOf(users: readonly BenchUser[], count: number, random: Random): BenchUser[] {
  const some = new Set<BenchUser>();
  while (some.size < count) some.add(random.pick(users));
  return [...some];
}

function tagName(index: number): string {
  return `topic-${index}`;
}

function addPhrase({ vocabulary, phrases }: Library, words: readonly number[]): void {
  const start = words.findIndex((word, at) => Math.min(word, words[at + 1] ?? 0) > PHRASE_RANK);
  if (start >= 0)
    phrases.push(
      words
        .slice(start, start + 2)
        .map((word) => vocabulary[word])
        .join(' '),
    );
}

/** A UUIDv7 of a time, with seeded randomness. */
function newIdAt(msecs: number, random: Random): string {
  return v7({
    msecs,
    random: Uint8Array.from({ length: 16 }, () => random.between(0, 255)),
    seq: random.between(0, 0x7fffffff),
  });
}
