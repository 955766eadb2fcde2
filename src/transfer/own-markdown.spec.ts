import type { NoteRow } from '../notes/note-row';
import { IMPORT_LIMITS } from './import-limits';
import { readOwnMarkdown, writeOwnMarkdown } from './own-markdown';
import { readMarkdown } from './readers/markdown-reader';

const row = (fields: Partial<NoteRow>): NoteRow => ({
  id: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70',
  title: null,
  body: null,
  url: null,
  notebook_id: null,
  pinned: false,
  archived_at: null,
  deleted_at: null,
  version: 3,
  created_at: new Date('2026-01-02T03:04:05.678Z'),
  updated_at: new Date('2026-02-03T04:05:06.789Z'),
  language: null,
  language_set: false,
  tags: [],
  ...fields,
});

/** Through the reader of all Markdown files, from a folder and with a name that must not count. */
const again = (note: NoteRow, notebooks: string[] = []) =>
  readMarkdown(
    {
      bytes: Buffer.from(writeOwnMarkdown(note, notebooks)),
      file: 'notes/a.md',
      folders: ['notes'],
      modifiedAt: new Date(),
    },
    IMPORT_LIMITS,
  );

describe('our own Markdown', () => {
  it.each([
    ['a title', { title: 'Plain' }],
    ['a title that YAML could take for something else', { title: '"yes": #no, [1] & *x' }],
    ['blanks in a title', { title: 'two  blanks, one\u00a0hard' }],
    ['an emoji', { title: '👩‍👩‍👧 “quoted”' }],
    ['a body only, with a heading that is no title', { body: '# Heading\n\ntext' }],
    ['a body that begins with front matter', { title: 'x', body: '---\ntitle: other\n---\n\ntext' }],
    ['a body of line ends and controls', { body: '\n\n a\r\nb\u0007\tc \n\n---\n\n' }],
    ['a bookmark', { url: 'https://example.org/a?b=c#d', tags: ['one', 'two words', 'Ünï: "x"'] }],
    ['what is pinned and archived', { title: 'x', pinned: true, archived_at: new Date('2026-01-05T00:00:00.001Z') }],
    ['a language that was set', { title: 'x', language: 'de', language_set: true }],
    ['no language that was detected', { title: 'x', language: 'de' }],
    ['a hundred long tags', { title: 'x', tags: Array.from({ length: 100 }, (_, at) => `${'😀'.repeat(90)}${at}`) }],
  ])('brings back %s', (_, fields) => {
    const note = row(fields);
    expect(again(note)).toEqual({
      note: {
        title: note.title,
        body: note.body,
        url: note.url,
        tags: note.tags,
        folders: [],
        createdAt: note.created_at,
        updatedAt: note.updated_at,
        pinned: note.pinned,
        archived: note.archived_at !== null,
        ...(note.archived_at !== null && { archivedAt: note.archived_at }),
        ...(note.language_set && { language: note.language }),
        file: 'notes/a.md',
        line: null,
      },
    });
  });

  it('brings back the way to its notebook', () => {
    const notebooks = ['Recipes, of all kinds', 'a/b: "c"', '🍝'];
    expect(again(row({ title: 'x' }), notebooks)).toMatchObject({ note: { folders: notebooks } });
  });

  it.each([
    ['a title of two lines', 'title: "a\\nb"'],
    ['a title of 501 characters', `title: "${'x'.repeat(501)}"`],
    ['no time', 'created: never'],
    ['a language that is none', 'language: "German"'],
    ['an address that is none', 'url: "javascript:alert(1)"'],
    ['a tag with a comma', 'tags: ["a,b"]'],
    ['a notebook with a control character', 'notebook: ["a\\u0007b"]'],
    ['seventeen notebooks', `notebook: ${JSON.stringify(Array(17).fill('a'))}`],
    ['JSON that is none', 'title: "'],
  ])('leaves %s to the cautious reader, which loses nothing', (_, line) => {
    const text = writeOwnMarkdown(row({ body: 'text' }), []).replace('created:', `${line}\ncreated:`);
    const changed = line.startsWith('created') ? text.replace(/\ncreated: 2026[^\n]*/, '') : text;
    expect(readOwnMarkdown(changed, 'a.md', IMPORT_LIMITS)).toBeNull();
  });

  it('is known by its mark only', () => {
    expect(readOwnMarkdown('---\ntitle: "x"\n---\n\nbody', 'a.md', IMPORT_LIMITS)).toBeNull();
    expect(readOwnMarkdown('body', 'a.md', IMPORT_LIMITS)).toBeNull();
  });
});
