import 'reflect-metadata';
import { createSecretKey, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ACCESS_TOKEN_ISSUER } from '../src/auth/access/access-token-claims';
import { Config } from '../src/config/config';
import { makeCases } from './cases';
import { Cleanups } from './cleanups';
import { openBenchDatabase, openWorkDir } from './database';
import { benchGrowth } from './growth';
import { type LibrarySize, loadLibrary } from './library';
import { type CaseResult, LoadGenerator, measure, type Pace } from './measure';
import { machine, reportOf } from './report';
import { BenchServer, serverEnvironment } from './servers';
import { loadSessions } from './sign-ins';
import { recordStatements } from './statements';

/** `npm run bench -- [--growth] [--quick] [--only <part of a name>] [--profile <directory>]`; see docs/performance.md. */
const { values: options } = parseArgs({
  options: {
    growth: { type: 'boolean' },
    quick: { type: 'boolean' },
    only: { type: 'string' },
    profile: { type: 'string' },
  },
});

const SIZE: LibrarySize = options.quick
  ? { users: 10, notes: 2_000, copies: 1, language: null }
  : { users: 100, notes: 100_000, copies: 1, language: null };
const SESSIONS = 10_000;
const PACE: Pace = options.quick
  ? { rounds: 1, seconds: 1, warmUpSeconds: 1 }
  : { rounds: 3, seconds: 3, warmUpSeconds: 1.5 };

const started = Date.now();

async function bench(cleanups: Cleanups): Promise<void> {
  const secret = randomBytes(48).toString('base64url');
  const key = createSecretKey(Buffer.from(secret, 'utf8'));
  const workDir = await openWorkDir(cleanups);
  const databaseUrl = await openBenchDatabase(process.env.DATABASE_URL, workDir, cleanups);
  say(`loading ${SIZE.notes} notes of ${SIZE.users} users, and as many of one`);
  const library = await loadLibrary(databaseUrl, SIZE);
  await loadSessions(databaseUrl, SIZE.users, SESSIONS);
  const profile = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`];
  const environment = serverEnvironment(secret, databaseUrl, workDir);
  const settings = {
    databaseUrl,
    poolSize: new Config().DATABASE_POOL_SIZE,
    jwtSecret: secret,
    issuer: ACCESS_TOKEN_ISSUER,
    statements: await recordStatements(),
  };
  const ours = await cleanups.use(BenchServer.ours(environment, workDir, profile), (server) => server.stop());
  const bare = await cleanups.use(BenchServer.bare(settings, workDir, profile), (server) => server.stop());
  const generator = await cleanups.use(Promise.resolve(new LoadGenerator()), (it) => it.stop());
  const results: CaseResult[] = [];
  for (const measured of makeCases(library, key).filter(({ name }) => name.includes(options.only ?? ''))) {
    say(`measuring ${measured.name}, ${measured.connections} connections`);
    results.push(await measure(measured, bare, ours, PACE, generator));
  }
  process.stdout.write(`\n${machine()}\n\n${reportOf(results)}\n`);
}

function say(text: string): void {
  process.stderr.write(`${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}\n`);
}

async function main(): Promise<void> {
  const cleanups = new Cleanups();
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => reject(new Error(`Stopped by ${signal}`)));
  });
  try {
    const most = options.quick ? 100_000 : 1_000_000;
    await Promise.race([
      options.growth ? benchGrowth(most, options.only ?? '', cleanups, say) : bench(cleanups),
      interrupted,
    ]);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
  await cleanups.run();
  say('done');
  process.exit();
}

void main();
