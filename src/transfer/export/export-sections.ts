import type { EntityManager, ObjectLiteral } from 'typeorm';
import { NIL } from 'uuid';
import { readBatches } from '../../database/read-batches';

/** A file of the export that lists rows of a table. */
export interface ExportSection {
  file: string;
  table: string;
  /** The column that says whose a row is; `user_id` unless given. */
  owner?: string;
  /** All that goes out, columns or what is made of them: no hashes, no secrets. */
  columns: string[];
}

export const EXPORT_SECTIONS: ExportSection[] = [
  {
    file: 'sessions.json',
    table: 'sessions',
    columns: [
      'method',
      'second_factor',
      'ip',
      'user_agent',
      'authenticated_at',
      'last_used_at',
      'expires_at',
      'revoked_at',
    ],
  },
  { file: 'identities.json', table: 'identities', columns: ['provider', 'subject', 'email', 'name', 'last_used_at'] },
  {
    file: 'access-tokens.json',
    table: 'access_tokens',
    columns: ['name', 'hint', 'scopes', 'expires_at', 'last_used_at', 'last_used_ip'],
  },
  { file: 'passkeys.json', table: 'passkeys', columns: ['name', 'backed_up', 'last_used_at'] },
  {
    file: 'activity.json',
    table: 'audit_events',
    columns: ['type', 'session_id', 'ip', 'user_agent', 'detail'],
  },
  {
    file: 'jobs.json',
    table: 'jobs',
    columns: ['type', 'status', 'done', 'total', 'result', 'error', 'attempts', 'started_at', 'finished_at'],
  },
  { file: 'mails.json', table: 'mails', columns: ['recipient', 'subject', 'sent_at'] },
  {
    file: 'invitations.json',
    table: 'invitations',
    owner: 'invited_by',
    columns: ['email', 'expires_at', 'accepted_at'],
  },
  { file: 'notebooks.json', table: 'notebooks', columns: ['parent_id', 'name', 'version', 'updated_at'] },
  { file: 'tags.json', table: 'tags', columns: ['name', 'version', 'updated_at'] },
  { file: 'searches.json', table: 'searches', columns: ['name', 'q', 'sort', 'version', 'updated_at'] },
  {
    file: 'shares.json',
    table: 'shares',
    columns: [
      'note_id',
      'password_hash is not null as has_password',
      'expires_at',
      'view_count',
      'last_viewed_at',
      'version',
      'updated_at',
    ],
  },
];

const BATCH = 1_000;

const PROFILE = `
  select id, email, email_verified_at, name, role, locale, time_zone, require_if_match, password_hash is not null as has_password, password_changed_at, disabled_at,
    delete_after, created_at, updated_at,
    (select confirmed_at from totp where user_id = users.id) as totp_enabled_at,
    (select count(*)::integer from recovery_codes where user_id = users.id and used_at is null) as recovery_codes_left
  from users where id = $1`;

/** The account itself, as JSON; undefined when it is gone. */
export async function profileOf(manager: EntityManager, userId: string): Promise<string | undefined> {
  const [row] = await manager.query<ObjectLiteral[]>(PROFILE, [userId]);
  return row && `${JSON.stringify(camelCased(row), null, 2)}\n`;
}

/** The rows of a section as a JSON array, a line a row, oldest first; read in batches. */
export async function* sectionOf(
  manager: EntityManager,
  userId: string,
  section: ExportSection,
): AsyncGenerator<string> {
  const { table, owner = 'user_id', columns } = section;
  const statement = `
    select id, ${columns.join(', ')}, created_at from ${table}
    where ${owner} = $1 and (created_at, id) > ($2, $3) order by created_at, id limit ${BATCH}`;
  const batches = readBatches<ObjectLiteral, unknown[]>(
    (after) => manager.query(statement, [userId, ...after]),
    ['-infinity', NIL],
    ({ created_at, id }) => [created_at, id],
  );
  let separator = '[\n';
  for await (const rows of batches) {
    yield separator + rows.map((row) => JSON.stringify(camelCased(row))).join(',\n');
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

function camelCased(row: ObjectLiteral): ObjectLiteral {
  const entries = Object.entries(row).map(([name, value]): [string, unknown] => [
    name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(entries);
}
