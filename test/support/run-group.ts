import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const TEST = join(__dirname, '..');

/** How many groups there are of the files with a name that ends so: `groups/<n>.group.ts`, `browser-groups/<n>.group.ts`. */
const GROUPS = { '.e2e.ts': 9, '.browser.ts': 2 };

/** The files that take longest, dealt out first, so that they begin first and no group has two of them. */
const LONGEST = [
  'import-crash',
  'process',
  'account-deletion',
  'sync-histories',
  'idempotency-crash',
  'process-faults',
  'access-token-requests',
  'oauth-faults',
  'last-administrator',
  'passkey-attacks',
  'pages',
];

/**
 * Runs every ninth end-to-end test file, from the `group`th (1 to 9) on, as one file for Jest; or every second one of those in a browser. Jest loads all modules anew for each of its
 * files, which takes longer than most of ours; so a run of all of them takes them in groups.
 */
export function runGroup(group: number, ending: keyof typeof GROUPS = '.e2e.ts'): void {
  const files = readdirSync(TEST).filter((name) => name.endsWith(ending));
  const rank = (file: string): number => LONGEST.indexOf(file.slice(0, -ending.length)) + 1 || Infinity;
  const dealt = files.sort((a, b) => (rank(a) === rank(b) ? a.localeCompare(b) : rank(a) - rank(b)));
  for (const file of dealt.filter((_, at) => at % GROUPS[ending] === group - 1)) {
    describe(file, () => {
      require(join(TEST, file));
      // After the file's own hooks, since they are called in the order in which they were made.
      afterAll(async () => {
        for (const close of globalThis.openApps ?? []) await close();
        globalThis.testRedisDatabases?.clear();
      });
    });
  }
}
