import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startTestApp, type TestApp } from './support/app';
import { DOCUMENT_PATH, ROOT } from './support/openapi';

const run = promisify(execFile);

const MISTAKES = `import createClient from 'openapi-fetch';
import type { paths } from './commonplace.js';
const client = createClient<paths>();
const created = await client.POST('/api/v1/notes', { body: { title: 1 } });
await client.GET('/api/v1/note');
await client.GET('/api/v1/notes', { params: { query: { sort: 'colour' } } });
await client.PATCH('/api/v1/users/me');
created.data?.colour;
`;

const COMPILER_OPTIONS = { target: 'es2023', module: 'node20', strict: true, skipLibCheck: true, types: ['node'] };

describe('a client with types made from the document', () => {
  let server: TestApp;
  let directory: string;

  let faults: string;

  const node = (...args: string[]): Promise<{ stdout: string }> => run(process.execPath, args, { cwd: directory });

  beforeAll(async () => {
    server = await startTestApp();
    directory = mkdtempSync(join(tmpdir(), 'commonplace-client-'));
    symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'), 'dir');
    writeFileSync(join(directory, 'package.json'), '{"type": "module"}');
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS }));
    copyFileSync(join(ROOT, 'docs/examples/typed-client.ts'), join(directory, 'typed-client.ts'));
    writeFileSync(join(directory, 'mistakes.ts'), MISTAKES);
    await node('node_modules/openapi-typescript/bin/cli.js', DOCUMENT_PATH, '-o', 'commonplace.ts');
    const compile = node('node_modules/typescript/bin/tsc', '-p', '.');
    faults = (await compile.catch((error: { stdout: string }) => error)).stdout;
  });

  afterAll(async () => {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('compiles without a fault, and does what the example says', async () => {
    expect(faults.split('\n').filter((line) => /^\S/.test(line) && !line.startsWith('mistakes.ts'))).toEqual([]);
    const { stdout } = await node('typed-client.js', server.client.url);
    expect(stdout.trim().split('\n')).toEqual([
      'POST auth 201',
      'POST notes 201',
      'GET notes 200',
      'listed Typed',
      'GET notes 200',
      'found <mark>Typed</mark>',
      'PATCH notes 200',
      'pinned true',
      'PATCH notes 412',
      'current 2',
      'DELETE notes 204',
    ]);
  });

  it('is refused by the compiler for a field, path, parameter, body or answer that is not documented', () => {
    const lines = [...faults.matchAll(/^mistakes\.ts\((\d+),/gm)].map(([, line]) => Number(line));
    expect([...new Set(lines)]).toEqual([4, 5, 6, 7, 8]);
  });
});
