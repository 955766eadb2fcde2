import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const TEST = join(__dirname, '..');

/** How many `groups/<n>.group.ts` there are. */
const GROUPS = 9;

/**
 * Runs every ninth end-to-end test file, from the `group`th (1 to 9) on, as one file for Jest. Jest loads all modules anew for each of its
 * files, which takes longer than most of ours; so a run of all of them takes them in groups.
 */
export function runGroup(group: number): void {
  const files = readdirSync(TEST).filter((name) => name.endsWith('.e2e.ts'));
  for (const file of files.sort().filter((_, at) => at % GROUPS === group - 1)) {
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
