import { parseOptions } from '@node-rs/argon2';
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { UnavailableError } from '../../common/problem';

/** OWASP Password Storage Cheat Sheet: argon2id (the library's default), 19 MiB, 2 passes, 1 lane. Memory is in KiB. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** What `hash.worker` exports. */
type Task = keyof typeof import('./hash.worker');

/** How many may wait to be hashed: a flood of sign-ins must not make everybody wait for ever. */
const QUEUE = 100;

/**
 * Argon2 runs on threads of its own that leave a core to the event loop, and of lower priority: they take what it and the database leave. On libuv's threads, two
 * hashes at a time took two thirds of reads away on two cores (`bench/`). They end when nobody has signed in for a while.
 */
const threads = new Piscina({
  filename: require.resolve('./hash.worker'),
  name: 'verify' satisfies Task,
  minThreads: 0,
  maxThreads: Math.min(Math.max(1, availableParallelism() - 1), 4),
  idleTimeout: 10_000,
  niceIncrement: 5,
});

/** A hash that no password has, all zeros: verified against when there is no account, so that both answers take as long. */
const NOBODY = phc(PARAMETERS, Buffer.alloc(16), Buffer.alloc(32));

/**
 * Argon2id in PHC format. NFKC, so that every keyboard types the same password.
 * @throws UnavailableError when too many wait to be hashed.
 */
export function hashPassword(password: string): Promise<string> {
  return run<string>('hash', { password: password.normalize('NFKC'), parameters: PARAMETERS });
}

/** Whether `password` is the one of `passwordHash`; takes as long when there is no hash. @throws UnavailableError as `hashPassword` */
export async function verifyPassword(passwordHash: string | null | undefined, password: string): Promise<boolean> {
  const task = { passwordHash: passwordHash ?? NOBODY, password: password.normalize('NFKC') };
  const matches = await run<boolean>('verify', task);
  return matches && typeof passwordHash === 'string';
}

/** Whether a hash was made with less than today's parameters: then it is made anew when its password is next seen. */
export function needsRehash(passwordHash: string): boolean {
  const { algorithm, memoryCost, timeCost } = parseOptions(passwordHash);
  return algorithm !== ARGON2ID || memoryCost < PARAMETERS.memoryCost || timeCost < PARAMETERS.timeCost;
}

/** `Algorithm.Argon2id`: the package's enum exists in its types only. */
const ARGON2ID = 2;

/** The PHC string format. */
function phc({ memoryCost, timeCost, parallelism }: typeof PARAMETERS, salt: Buffer, digest: Buffer): string {
  const [saltText, digestText] = [salt, digest].map((bytes) => bytes.toString('base64').replaceAll('=', ''));
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${saltText}$${digestText}`;
}

async function run<T>(name: Task, task: object): Promise<T> {
  if (threads.queueSize >= QUEUE) throw new UnavailableError('Too many sign in at once: try again');
  return (await threads.run(task, { name })) as T;
}
