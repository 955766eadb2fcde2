import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
const text = readFileSync(join(ROOT, 'docs', 'security.md'), 'utf8');
const rows = text.split('\n').filter((line) => /^\| \d+\.\d+\.\d+/.test(line));

/** How many requirements of levels 1 and 2 ASVS 5.0 has in V6, V7, V9 and V10. */
const REQUIREMENTS = 89;

describe('docs/security.md', () => {
  it('names tests that are there', () => {
    const named = [...text.matchAll(/`((?:test|src)\/[\w./-]+\.(?:e2e|spec|browser)\.ts)`/g)].map(
      ([, path]) => path ?? '',
    );
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('goes through the requirements one by one, and says of each whether it is met, and how', () => {
    const ids = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/\d+\.\d+\.\d+/g)].map(([id]) => id));
    expect(new Set(ids).size).toBe(ids.length);
    for (const row of rows) {
      const [, , requirement, verdict, how] = row.split('|').map((cell) => cell.trim());
      expect([row, verdict]).toEqual([row, expect.stringMatching(/^(met|met, relaxed|otherwise|n\/a)$/)]);
      expect([requirement, how].every((cell) => (cell ?? '').length > 3)).toBe(true);
    }
    expect(ids.length).toBe(REQUIREMENTS);
  });
});
