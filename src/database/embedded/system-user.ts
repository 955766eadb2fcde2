import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SYSTEM_DIR, unless } from './files';
import type { Account } from './account';
import { run } from './run';

const NAME = 'commonplace';

/** useradd is everywhere but in Alpine, whose adduser does not make the group. */
const WAYS_TO_CREATE: [string, string[]][] = [
  [
    'useradd',
    ['--system', '--user-group', '--no-create-home', '--home-dir', SYSTEM_DIR, '--shell', '/usr/sbin/nologin', NAME],
  ],
  ['sh', ['-c', `addgroup -S ${NAME}; adduser -S -D -H -h ${SYSTEM_DIR} -s /sbin/nologin -G ${NAME} ${NAME}`]],
];

/**
 * Whom PostgreSQL runs as: `undefined` (this process's user), or, as PostgreSQL refuses to run as root, the owner of
 * the cluster, or for a new one the system user `commonplace`, which is made if need be.
 * @param cluster The cluster's directory, which need not exist.
 */
export async function serverAccount(cluster: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await unless(stat(join(cluster, 'PG_VERSION')), 'ENOENT');
  const account = owner ?? (await findUser()) ?? (await createUser());
  if (account.uid === 0) {
    throw new Error(
      `${cluster} belongs to root, and PostgreSQL refuses to run as root: run "chown -RH ${NAME}: ${cluster}", or start Commonplace as an ordinary user.`,
    );
  }
  const { uid, gid } = account;
  if (await canEnter('/', { uid, gid })) return { uid, gid };
  throw new Error(
    `PostgreSQL refuses to run as root, and this process may not start it as another user (uid ${uid}): ` +
      'start Commonplace as an ordinary user, give it the capabilities SETUID and SETGID, or set DATABASE_URL.',
  );
}

/** Whether the account can enter a directory. Tried, because modes do not tell all (access lists, security modules). */
export async function canEnter(directory: string, account: Account): Promise<boolean> {
  return (await run('sh', ['-c', 'cd -- "$1"', 'sh', directory], account)).ok;
}

async function findUser(): Promise<Account | undefined> {
  const [uid, gid] = await Promise.all([run('id', ['-u', NAME]), run('id', ['-g', NAME])]);
  return uid.ok && gid.ok ? { uid: Number(uid.output), gid: Number(gid.output) } : undefined;
}

async function createUser(): Promise<Account> {
  const failures: string[] = [];
  for (const [command, args] of WAYS_TO_CREATE) {
    const { output } = await run(command, args);
    // Looked up whatever the command said: another process may have made it at the same time.
    const user = await findUser();
    if (user) return user;
    failures.push(output);
  }
  throw new Error(
    `PostgreSQL refuses to run as root, and the system user "${NAME}" could not be made for it (${failures.join('; ')}). ` +
      `Make that user, start Commonplace as an ordinary user, or set DATABASE_URL.`,
  );
}
