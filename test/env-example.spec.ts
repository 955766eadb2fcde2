import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Config } from '../src/config/config';
import { loadConfig, variableNames } from '../src/config/load-config';

const text = readFileSync(join(__dirname, '..', '.env.example'), 'utf8');
const assignments = text.split('\n').filter((line) => /^#?[A-Z_]+=/.test(line));
const shown = parseEnv(assignments.map((line) => line.replace(/^#/, '')).join('\n'));

/** A default as it is written in a variable; empty where there is none. */
function written(value: unknown): string {
  return value === undefined ? '' : String(value);
}

describe('.env.example', () => {
  it('lists every variable once, and no other', () => {
    const listed = assignments.map((line) => line.replace(/^#|=.*$/g, ''));
    expect(listed.toSorted()).toEqual(variableNames().toSorted());
  });

  it('shows the real defaults', () => {
    const defaults = Object.entries(new Config()).map(([name, value]) => [name, written(value)]);
    expect(shown).toEqual(Object.fromEntries(defaults));
  });

  it('explains every variable, or the group that it ends', () => {
    const unexplained = text.split('\n\n').filter((block) => /^#?[A-Z_]+=/m.test(block) && !block.startsWith('# '));
    expect(unexplained).toEqual([]);
  });

  it('changes nothing when it is taken as it is', () => {
    expect(parseEnv(text)).toEqual({});
  });

  it('can be read back, value by value, into the default configuration', () => {
    const secret = 'a secret that is long enough for this test';
    const secrets = { JWT_SECRET: secret, ENCRYPTION_KEY: secret };
    const config = loadConfig({ ...shown, ...secrets });
    expect(config).toEqual(Object.assign(new Config(), secrets));
  });
});
