import { Client } from 'pg';
import { hashPassword } from '../../src/auth/passwords/passwords';
import { newId } from '../../src/common/uuid';
import { PASSWORD } from './accounts';
import { signIn } from './admins';
import { startTestApp, type TestApp } from './app';
import type { SignedIn } from './client';
import { adminUrlOfTests, createTestDatabase } from './database';

export const OWN = 200_000;
export const SECOND = 20_000;

const TAGS = ['everyday', 'often', 'seldom', 'old'];
const NOTEBOOKS = ['large', 'small', 'all', 'box'];

export interface LargeLibrary {
  app: TestApp;
  /** Has 200,000 notes. */
  first: SignedIn;
  /** Has 20,000. */
  second: SignedIn;
}

/**
 * A server on a database with notes of `first` (200,000, nearly all bookmarks), `second` (20,000, nearly all without an address) and 100 others, a row of the
 * sequence 1, 2, … each. Of the notes of one user: each second one has the tag "everyday" and the word "common", each 50th the tag "often" (none of which is "everyday"),
 * each 10,007th the tag "seldom" and the word "rare", the 2,000 oldest the tag "old"; each 200th is in the trash, each 6,151st pinned, each 7,001st archived.
 *
 * Each note with an even number is in the notebook "large" of its user, or, each 10,007th, in "small"; "all" holds "large", and "box" holds "small".
 *
 * Notes of the others have ten tags more, so that no tag is most of the table.
 */
export async function startWithLargeLibrary(environment: Record<string, string> = {}): Promise<LargeLibrary> {
  const database = await createTestDatabase(await largeTemplate());
  // What is in the trash stays there.
  const app = await startTestApp({ databaseUrl: database.url, environment: { TRASH_DAYS: '36500', ...environment } });
  const close = async (): Promise<void> => {
    await app.close();
    await database.drop();
  };
  const [first, second] = [await signIn(app, addressOf('first')), await signIn(app, addressOf('second'))];
  return { app: { ...app, close }, first, second };
}

const addressOf = (name: string): string => `${name}@large.example.org`;

/** Made by the first test of a run that wants it, some seconds; the others wait for it, and clone it. */
async function largeTemplate(): Promise<string> {
  const template = `${process.env.TEST_TEMPLATE ?? ''}_large`;
  const client = new Client({ connectionString: adminUrlOfTests() });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock(hashtext($1))', [template]);
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
    if (rowCount === 0) {
      const filling = await createTestDatabase();
      await fill(filling.url);
      await client.query(`alter database ${new URL(filling.url).pathname.slice(1)} rename to ${template}`);
    }
  } finally {
    await client.end();
  }
  return template;
}

/** Set-based, with the indexes made at the end. Search vectors are written out, since making them is not what is tried here. */
async function fill(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // Without triggers, foreign keys are not looked up for each row.
    await client.query(`set session_replication_role = replica`);
    await client.query(`set maintenance_work_mem = '256MB'`);
    const { rows: indexes } = await client.query<{ indexname: string; indexdef: string }>(
      `select indexname, indexdef from pg_indexes where tablename in ('notes', 'note_tags') and indexname not like '%_pkey'`,
    );
    for (const { indexname } of indexes) await client.query(`drop index ${indexname}`);
    const [first, second] = [newId(), newId()];
    await client.query(
      `insert into users (id, email, email_verified_at, password_hash) values ($1, $3, now(), $5), ($2, $4, now(), $5)`,
      [first, second, addressOf('first'), addressOf('second'), await hashPassword(PASSWORD)],
    );
    await insert(client, first, second);
    for (const { indexdef } of indexes) await client.query(indexdef);
    await client.query('vacuum (analyze) notes, note_tags, tags, notebooks, users');
  } finally {
    await client.end();
  }
}

async function insert(client: Client, first: string, second: string): Promise<void> {
  await client.query(
    `insert into users (id, email) select gen_random_uuid(), at || '@example.org' from generate_series(1, 100) at`,
  );
  await client.query(
    `insert into notebooks (id, user_id, name, name_key, seq)
     select gen_random_uuid(), u.id, t.name, t.name, 0 from users u cross join unnest($1::text[]) as t(name)`,
    [NOTEBOOKS],
  );
  await client.query(
    `update notebooks b set parent_id = p.id from notebooks p
     where p.user_id = b.user_id and (b.name, p.name) in (('large', 'all'), ('small', 'box'))`,
  );
  await client.query(
    `insert into notes (
       id, user_id, title, title_key, body, url, url_key, url_host, pinned, archived_at, deleted_at, seq, created_at, updated_at, notebook_id, search
     )
     select gen_random_uuid(), u.id, title, title, body, url, decode(md5(url), 'hex'), case when url is not null then host end, at % 6151 = 0,
       case when at % 7001 = 0 then created end, case when at % 200 = 7 then created end, at, created, created + (h % 1000) * interval '1 hour',
       (select b.id from notebooks b where b.user_id = u.id and b.name_key = case when at % 10007 = 0 then 'small' when at % 2 = 0 then 'large' end),
       concat_ws(' ', 'title:1A', 't' || h % 5000 || ':2A', replace(host, '.', ':3B ') || ':4B', 'filler:5C', 'y' || h % 997 || ':6C',
         case when at % 2 = 0 then 'common:7C' end, case when h % 3 = 0 then 'two:8C words:9C' else 'words:8C two:9C' end,
         case when at % 10007 = 0 then 'rare:10C' end)::tsvector
     from users u
     cross join lateral generate_series(1, case u.id when $1 then ${OWN} when $2 then ${SECOND} else 200 end) at
     cross join lateral (select abs(hashint4(at)) as h) hash
     cross join lateral (select
       't' || h % 5000 || ' title ' || at as title, 'filler y' || h % 997 || repeat(' words', 10) as body,
       case when (u.id = $1) = (at % 4001 <> 0) then 'https://example.org/' || at end as url,
       case when at % 5003 = 0 then 'rare.example' else 'example.org' end as host,
       timestamptz '2020-01-01' + at * interval '10 minutes' as created) as fields`,
    [first, second],
  );
  await client.query(
    `insert into tags (id, user_id, name, name_key)
     select gen_random_uuid(), u.id, tag, tag from users u cross join unnest($1::text[]) tag
     union all
     select gen_random_uuid(), u.id, 'other ' || at, 'other ' || at from users u cross join generate_series(1, 10) at where u.id not in ($2, $3)`,
    [TAGS, first, second],
  );
  await client.query(
    `insert into note_tags (note_id, tag_id, created_at)
     select n.id, t.id, n.created_at from notes n join tags t using (user_id)
     where case t.name when 'everyday' then n.seq % 2 = 1 when 'often' then n.seq % 50 = 0 when 'seldom' then n.seq % 10007 = 0
       when 'old' then n.seq <= 2000 else true end`,
  );
}
