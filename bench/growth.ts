import { createSecretKey, randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { IS_WORD } from '../src/notes/search-words';
import type { Cleanups } from './cleanups';
import { openBenchDatabase, openWorkDir } from './database';
import { type GrowthCase, makeGrowthCases } from './growth-cases';
import { type LibrarySize, loadLibrary } from './library';
import { LoadGenerator, type Measured, measureAlone } from './measure';
import { type Growth, growthReportOf, machine } from './report';
import { BenchServer, serverEnvironment } from './servers';

/** Of a fifth of all notes each, the reader has all; four of the others have each of them, too. */
function sizesUpTo(notes: number): LibrarySize[] {
  return [100, 10, 1].map((part) => ({ users: 100, notes: notes / part / 5, copies: 4, language: 'en' }));
}

const PACE = { rounds: 3, seconds: 3, warmUpSeconds: 1.5 };

/** Measures the same requests with ten and a hundred times as many notes, one connection at a time. */
export async function benchGrowth(
  notes: number,
  only: string,
  cleanups: Cleanups,
  say: (text: string) => void,
): Promise<void> {
  const growths = new Map<string, Growth>();
  for (const size of sizesUpTo(notes)) {
    for (const [measured, result] of await measureSize(size, only, cleanups, say)) {
      const growth = growths.get(measured.name) ?? { measured, bySize: [] };
      growths.set(measured.name, growth);
      growth.bySize.push(result);
    }
    // One database at a time.
    await cleanups.run();
  }
  process.stdout.write(`\n${machine()}\n\n${growthReportOf([...growths.values()], notes)}\n`);
}

async function measureSize(
  size: LibrarySize,
  only: string,
  cleanups: Cleanups,
  say: (text: string) => void,
): Promise<[GrowthCase, Measured][]> {
  const secret = randomBytes(48).toString('base64url');
  const workDir = await openWorkDir(cleanups);
  const databaseUrl = await openBenchDatabase(process.env.DATABASE_URL, workDir, cleanups);
  say(`loading ${size.notes} notes of one user, and ${size.copies * size.notes} of ${size.users} more`);
  const library = await loadLibrary(databaseUrl, size);
  await knowWords(databaseUrl, library.reader.id);
  const environment = serverEnvironment(secret, databaseUrl, workDir);
  const ours = await cleanups.use(BenchServer.ours(environment, workDir, []), (server) => server.stop());
  const generator = await cleanups.use(Promise.resolve(new LoadGenerator()), (it) => it.stop());
  const key = createSecretKey(Buffer.from(secret, 'utf8'));
  const results: [GrowthCase, Measured][] = [];
  for (const measured of await makeGrowthCases(library, key, ours.url)) {
    if (!measured.name.includes(only)) continue;
    say(`measuring ${measured.name}`);
    results.push([measured, await measureAlone({ ...measured, connections: 1 }, ours, PACE, generator)]);
  }
  return results;
}

/** The words of the reader's notes, as the server would have collected them by now, and nothing left to collect meanwhile. */
async function knowWords(url: string, reader: string): Promise<void> {
  const pool = new Pool({ connectionString: url, max: 1 });
  try {
    await pool.query(
      `insert into search_words (user_id, word)
       select distinct n.user_id, w.lexeme collate "C" from notes n cross join unnest(n.search) w
       where n.user_id = $1 and ${IS_WORD}`,
      [reader],
    );
    await pool.query(`insert into search_word_lists (user_id, seq) select id, change_seq from users`);
    await pool.query('vacuum (analyze) search_words');
  } finally {
    await pool.end();
  }
}
