import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const SRC = join(__dirname, '..', 'src');

/** The levels of the design, lowest first: a file imports from its own folder and from lower levels only. */
const LEVELS = [
  ['common'],
  ['config'],
  ['database', 'telemetry'],
  ['jobs'],
  ['mail', 'storage', 'idempotency'],
  ['users'],
  ['auth'],
  ['notes'],
  ['attachments', 'sharing', 'capture'],
  ['transfer', 'webhooks'],
  ['health'],
  // The entry points, and what only they are made of.
  ['', 'commands'],
];

interface SourceFile {
  path: string;
  text: string;
  imports: string[];
}

const files = sourceFiles();
const isTest = (path: string): boolean => path.endsWith('.spec.ts');

describe('the architecture', () => {
  it('has a level for every folder', () => {
    const known = new Set(LEVELS.flat());
    expect(files.map((file) => folderOf(file.path)).filter((folder) => !known.has(folder))).toEqual([]);
  });

  it('imports one way: modules of one level know nothing of each other, lower ones nothing of higher ones', () => {
    const wrong = files
      .filter((file) => !isTest(file.path))
      .flatMap((file) => file.imports.map((imported) => [file.path, imported] as const))
      .filter(([from, to]) => !mayImport(folderOf(from), folderOf(to)))
      .map(([from, to]) => `${from} imports ${to}`);
    expect(wrong).toEqual([]);
  });

  it('has no cycles, and so no forwardRef', () => {
    expect(cycles()).toEqual([]);
    expect(filesWith(/forwardRef/)).toEqual([]);
  });

  it('reads the environment in one place', () => {
    // Beside it, a command sets its own log level, and PostgreSQL's programs are given the PATH.
    const others = ['commands/with-application.ts', 'database/embedded/run.ts'];
    expect(filesWith(/process\.env(?!`)/)).toEqual([...others, 'config/load-config.ts'].sort());
  });

  it('prints to standard output in commands only; all else is logged', () => {
    expect(filesWith(/console\.|process\.stdout\.write/).filter((path) => !path.startsWith('commands/'))).toEqual([]);
  });

  it('authorises behind controllers: none of them has a repository, a data source or SQL', () => {
    const controllers = files.filter((file) => file.path.endsWith('.controller.ts'));
    expect(controllers.length).toBeGreaterThan(5);
    expect(
      controllers.filter((file) => /Repository|DataSource|Statements|select /.test(file.text)).map((file) => file.path),
    ).toEqual([]);
  });

  it('lets no entity leave a controller', () => {
    const leaking = files
      .filter((file) => file.path.endsWith('.controller.ts'))
      .filter((file) => file.imports.some((imported) => imported.endsWith('.entity')));
    expect(leaking.map((file) => file.path)).toEqual([]);
  });

  it('names each kind of job once, by a verb and a noun, and has one handler for it', () => {
    const definitions = [...allText().matchAll(/export const (\w+) = defineJob<\w+>\(\{\s*name: '([^']+)'/g)].map(
      ([, variable, name]) => ({ variable, name }),
    );
    expect(definitions.map(({ name }) => name).sort()).toEqual([
      'change-notes',
      'change-tag',
      'delete-notebook',
      'export-account',
      'import-notes',
      'send-mail',
    ]);
    for (const { variable, name } of definitions) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/);
      const handlers = [
        ...allText().matchAll(
          new RegExp(`@Processor\\(${String(variable)}\\.name, ${String(variable)}\\.workerOptions\\)`, 'g'),
        ),
      ];
      expect(handlers).toHaveLength(1);
    }
  });
});

function sourceFiles(): SourceFile[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => {
      const text = readFileSync(join(SRC, path), 'utf8');
      const specifiers = [...text.matchAll(/(?:from|import)\s+'(\.[^']+)'|import\('(\.[^']+)'\)/g)].map(
        (match) => match[1] ?? match[2] ?? '',
      );
      const imports = specifiers
        .map((specifier) => relative(SRC, resolve(SRC, dirname(path), specifier)))
        .filter((imported) => !imported.startsWith('..'));
      return { path, text, imports };
    });
}

function folderOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : '';
}

function mayImport(from: string, to: string): boolean {
  const level = (folder: string): number => LEVELS.findIndex((folders) => folders.includes(folder));
  return from === to || level(to) < level(from) || level(from) === LEVELS.length - 1;
}

function filesWith(pattern: RegExp): string[] {
  return files
    .filter((file) => !isTest(file.path) && pattern.test(file.text))
    .map((file) => file.path)
    .sort();
}

function allText(): string {
  return files
    .filter((file) => !isTest(file.path))
    .map((file) => file.text)
    .join('\n');
}

/** Each cycle of imports, as the files on it; types count as well, since they show the same knot. */
function cycles(): string[] {
  const imports = new Map(files.map((file) => [file.path.replace(/\.ts$/, ''), file.imports]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: string[]): void => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
    if (done.has(path) || trail.includes(path)) return;
    for (const next of imports.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return found;
}
