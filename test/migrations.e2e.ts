import { Client } from 'pg';
import { pino } from 'pino';
import type { Config } from '../src/config/config';
import { loadConfig } from '../src/config/load-config';
import { migrate, rollBack } from '../src/database/migrate';
import { openDatabase } from '../src/database/open-database';
import { migrations } from '../migrations';
import { createEmptyDatabase, query, type TestDatabase } from './support/database';

const NAMES = migrations.map((migration) => migration.name);

let database: TestDatabase;
let config: Config;

const SECRET = 'unused, but long enough to be taken';

const configFor = (url: string): Config =>
  loadConfig({ NODE_ENV: 'test', JWT_SECRET: SECRET, ENCRYPTION_KEY: SECRET, DATABASE_URL: url });

beforeEach(async () => {
  database = await createEmptyDatabase();
  config = configFor(database.url);
});

afterEach(() => database.drop());

/** Everything in the schema that no extension made: `kind name`. */
async function objects(): Promise<string[]> {
  const rows = await query<{ object: string }>(
    database.url,
    `select kind || ' ' || name as object from (
       select 'pg_class'::regclass as catalogue, oid, relkind::text as kind, relname as name from pg_class where relnamespace = 'public'::regnamespace
       union all select 'pg_proc'::regclass, oid, 'function', proname from pg_proc where pronamespace = 'public'::regnamespace
       union all select 'pg_type'::regclass, oid, 'type', typname from pg_type where typnamespace = 'public'::regnamespace and typtype in ('d', 'e')
       union all select 'pg_ts_config'::regclass, oid, 'configuration', cfgname from pg_ts_config where cfgnamespace = 'public'::regnamespace
     ) found
     where not exists (select from pg_depend d where d.classid = catalogue and d.objid = found.oid and d.deptype in ('e', 'i'))
     order by 1`,
  );
  return rows.map(({ object }) => object).filter((object) => !/ (migrations|PK_\w+)/.test(object));
}

async function columns(): Promise<object[]> {
  return query(
    database.url,
    `select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns
     where table_schema = 'public' and table_name <> 'migrations' order by 1, 2`,
  );
}

describe('the migrations', () => {
  it('go all forward, all back to nothing, and forward again to the same', async () => {
    expect(await rollBack(config, 1)).toEqual({ ran: [] });
    expect(await migrate(config)).toEqual({ ran: NAMES });
    const [made, madeColumns] = [await objects(), await columns()];
    expect(made).toEqual(
      expect.arrayContaining(['r users', 'r notes', 'configuration commonplace', 'function note_search_vector']),
    );
    expect(await migrate(config)).toEqual({ ran: [] });
    expect(await rollBack(config, 1)).toEqual({ ran: NAMES.slice(-1) });
    expect(await rollBack(config, 100)).toEqual({ ran: NAMES.slice(0, -1).toReversed() });
    expect(await objects()).toEqual([]);
    expect(await migrate(config)).toEqual({ ran: NAMES });
    expect([await objects(), await columns()]).toEqual([made, madeColumns]);
  });

  it('count what is there when the counters come, and leave it when they go', async () => {
    await migrate(config);
    const steps = NAMES.length - NAMES.indexOf('Quotas1764000009000');
    await rollBack(config, steps);
    await query(
      database.url,
      `with made as (insert into users (id, email) select gen_random_uuid(), at || '@example.org' from generate_series(0, 2) at returning id, email)
       insert into notes (id, user_id, title, title_key, body, url, url_key, url_host, pinned, deleted_at, version, seq, created_at, updated_at, search)
       select gen_random_uuid(), id, 'ä', '', 'b€', 'http://x', gen_random_uuid()::text::bytea, 'x', false, case when at = 1 then now() end, 1, at, now(), now(), ''
       from made cross join lateral generate_series(1, left(email, 1)::integer) at`,
    );
    const kept = `select left(email, 1)::integer as notes, note_count, note_bytes::integer, note_limit, byte_limit from users order by 1`;
    for (let times = 0; times < 2; times += 1) {
      await migrate(config);
      expect(await query(database.url, kept)).toEqual(
        [0, 1, 2].map((notes) => ({
          notes,
          note_count: notes,
          note_bytes: notes * 14,
          note_limit: null,
          byte_limit: null,
        })),
      );
      await rollBack(config, steps);
      expect(await query(database.url, `select count(*)::integer as notes from notes`)).toEqual([{ notes: 3 }]);
    }
  });

  it('put what is there into the feed of changes, each at a number of its own', async () => {
    await migrate(config);
    await rollBack(config, NAMES.length - NAMES.indexOf('Changes1764000015000'));
    await query(
      database.url,
      `with made as (insert into users (id, email, change_seq) select gen_random_uuid(), at || '@example.org', 2 from generate_series(1, 2) at returning id),
       tag as (insert into tags (id, user_id, name, name_key, seq) select gen_random_uuid(), id, 'x', 'x', 1 from made),
       search as (insert into searches (id, user_id, name, name_key, q, seq) select gen_random_uuid(), id, 'x', 'x', 'x', 1 from made)
       insert into notes (id, user_id, title, title_key, version, seq, created_at, updated_at, search)
       select gen_random_uuid(), id, 'x', 'x', 1, at, now(), now(), '' from made cross join generate_series(1, 2) at`,
    );
    await migrate(config);
    expect(
      await query(
        database.url,
        `select u.feed_seq::integer as last, array_agg(c.type order by c.seq) as types, array_agg(c.seq::integer order by c.seq) as numbers
         from users u join changes c on c.user_id = u.id group by u.id`,
      ),
    ).toEqual([1, 2].map(() => ({ last: 4, types: ['tag', 'note', 'note', 'search'], numbers: [1, 2, 3, 4] })));
    // Links of what is there are read later.
    expect(await query(database.url, `select count(*)::integer as users from note_link_backlog where seq = 0`)).toEqual(
      [{ users: 2 }],
    );
  });

  it('give links and titles their keys anew where letters have come to be the same, of two links the first', async () => {
    await migrate(config);
    await rollBack(config, NAMES.length - NAMES.indexOf('LinkKeys1764000022000'));
    await query(
      database.url,
      `with owner as (insert into users (id, email) values (gen_random_uuid(), 'a@example.org') returning id),
       note as (
         insert into notes (id, user_id, title, title_key, version, seq, created_at, updated_at, search)
         select gen_random_uuid(), id, 'ΟΔΟΣ', '', 1, 1, now(), now(), '' from owner returning *
       )
       insert into note_links (note_id, target_key, user_id, target, position, created_at)
       select note.id, link_key(target), user_id, target, position, created_at
       from note cross join unnest(array['οδος', 'οδοσ', 'x']) with ordinality as l(target, position)`,
    );
    const found = `select l.target, array(select n.title from notes n where link_key(n.title) = l.target_key) as titles from note_links l order by position`;
    const x = { target: 'x', titles: [] };
    await migrate(config);
    expect(await query(database.url, found)).toEqual([{ target: 'οδος', titles: ['ΟΔΟΣ'] }, x]);
    await rollBack(config, NAMES.length - NAMES.indexOf('LinkKeys1764000022000'));
    expect(await query(database.url, found)).toEqual([{ target: 'οδος', titles: [] }, x]);
  });

  it('are run once when ten processes start at once', async () => {
    const reports = await Promise.all(Array.from({ length: 10 }, () => migrate(config)));
    expect(reports.flatMap(({ ran }) => ran)).toEqual(NAMES);
    expect(await query(database.url, `select name from migrations order by id`)).toEqual(
      NAMES.map((name) => ({ name })),
    );
    expect(
      await query(database.url, `select count(*)::int as queues from pg_namespace where nspname = 'bullmq'`),
    ).toEqual([{ queues: 1 }]);
  });

  it('take up where a process was killed', async () => {
    const { pathname } = new URL(database.url);
    const kill = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${pathname.slice(1)}' and pid <> pg_backend_pid()`;
    const blocker = new Client({ connectionString: database.url });
    blocker.on('error', () => undefined);
    await blocker.connect();
    await blocker.query('begin');
    await blocker.query('create extension citext');
    const killed = migrate(config).catch((error: unknown) => error);
    while (
      (
        await query(
          database.url,
          `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
        )
      ).length === 0
    );
    await query(database.url, kill);
    expect(await killed).toBeInstanceOf(Error);
    expect(await migrate(config)).toEqual({ ran: NAMES });
  });

  it('say what to do when the role may not make an extension', async () => {
    const { pathname } = new URL(database.url);
    const role = `weak_${pathname.slice(1)}`;
    await query(database.url, `create role ${role} login password 'weak'`);
    await query(database.url, `grant create on schema public to ${role}`);
    const url = Object.assign(new URL(database.url), { username: role, password: 'weak' });
    await expect(migrate(configFor(url.href))).rejects.toThrow(
      /needs the extension citext, and this role could not create it \(.*permission denied.*\)\. Ask an administrator to run, in this database: create extension if not exists citext;.*pg_trgm;$/,
    );
    for (const name of ['citext', 'unaccent', 'btree_gin', 'pg_trgm'])
      await query(database.url, `create extension ${name}`);
    const grant = `grant create on database "${pathname.slice(1)}" to "${role}"`;
    await expect(migrate(configFor(url.href))).rejects.toThrow(`Ask an administrator to run: ${grant};`);
    await query(database.url, grant);
    expect(await migrate(configFor(url.href))).toEqual({ ran: [] });
    await query(database.url, `drop owned by ${role} cascade`);
    await query(database.url, `drop role ${role}`);
  });
});

describe('a database that cannot be used', () => {
  const logger = pino({ level: 'silent' });

  it.each([
    [
      'has no server',
      (url: URL) => Object.assign(url, { port: '1' }),
      /^The database at DATABASE_URL cannot be used: .*ECONNREFUSED/,
    ],
    [
      'is not there',
      (url: URL) => Object.assign(url, { pathname: '/nowhere' }),
      /^The database at DATABASE_URL cannot be used: database "nowhere" does not exist$/,
    ],
    [
      'does not let this password in',
      (url: URL) => Object.assign(url, { password: 'hunter2' }),
      /^The database at DATABASE_URL cannot be used: password authentication failed for user "[a-z_]+"$/,
    ],
  ])('because it %s is named with the reason, without the password', async (_, change, message) => {
    const wrong = configFor(change(new URL(database.url)).href);
    const { password } = new URL(wrong.DATABASE_URL ?? '');
    const error: unknown = await migrate(wrong).catch((reason: unknown) => reason);
    expect(String((error as Error).message)).toMatch(message);
    expect(String((error as Error).message)).not.toContain(password);
  });

  it('stops the start at once when waiting would not help', async () => {
    for (const url of [
      'postgres://user:password@host:port/db',
      Object.assign(new URL(database.url), { pathname: '/nowhere' }).href,
    ]) {
      await expect(openDatabase(configFor(url), logger)).rejects.toThrow(
        /^The database at DATABASE_URL cannot be used: /,
      );
    }
  });
});
