import { splitFrontMatter } from './front-matter';

const fieldsOf = (yaml: string) => splitFrontMatter(`---\n${yaml}\n---\ntext\n`).fields;

describe('splitFrontMatter', () => {
  it('takes the block and one blank line off the body', () => {
    expect(splitFrontMatter('---\ntitle: A\n---\n\n\n  text\n').body).toBe('\n  text\n');
    expect(splitFrontMatter('--- \ntitle: A\n...\ntext').body).toBe('text');
    expect(splitFrontMatter('---\ntitle: A\n---').body).toBe('');
  });

  it.each([
    [
      'keys of other programs',
      'title: A\naliases: [B]\nauthor: Ada # of course',
      'aliases: [B]\nauthor: Ada # of course',
    ],
    ['nested values', 'meta:\n  a: 1\n  b:\n    - x\ntitle: A', 'meta:\n  a: 1\n  b:\n    - x'],
    [
      'a date that is none, and a source that is no address',
      'date: yesterday\nsource: a book\npinned: true',
      'date: yesterday\nsource: a book',
    ],
    ['a second date that differs', 'created: 2024-01-05\ndate: 2024-01-06', 'date: 2024-01-06'],
    ['a mapping in braces', '{title: A, author: Ada}', '{title: A, author: Ada}'],
    ['nothing when all is used', 'title: A\ntags: [x]\ncreated: 2024-01-05\nurl: https://example.org/\narchived:', ''],
  ])('keeps %s', (_name, yaml, kept) => {
    expect(splitFrontMatter(`---\n${yaml}\n---\ntext`)).toMatchObject({ kept, body: 'text' });
  });

  it('takes an empty block off as well', () => {
    expect(splitFrontMatter('---\n---\ntext')).toMatchObject({ body: 'text', fields: { title: null, tags: [] } });
  });

  it.each([
    ['no block', 'text\n---\ntitle: A\n---\n'],
    ['a block that does not end', '---\ntitle: A\n'],
    ['a rule with text below', '---\nJust text between rules\n---\nmore'],
    ['a heading between rules', '---\n# Heading\n---\nmore'],
    ['a list', '---\n- a\n- b\n---\nmore'],
    ['invalid YAML', '---\ntitle: Foo: bar\n---\nmore'],
    ['a template', '---\ntitle: {{title}}\n---\nmore'],
    ['a key that stands twice', '---\ntitle: a\ntitle: b\n---\nmore'],
    ['two documents', '---\ntitle: a\n--- x\nmore\n---\n'],
    [
      'a bomb of aliases',
      `---\na: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n---\nmore`,
    ],
    ['a block nested without end', `---\na: ${'['.repeat(20_000)}\n---\nmore`],
    ['a block larger than 16 KiB', `---\na: ${'x'.repeat(16_384)}\n---\nmore`],
  ])('leaves everything in the body for %s', (_name, text) => {
    expect(splitFrontMatter(text)).toEqual({ fields: null, kept: '', body: text });
  });

  it('reads keys in any case, with blanks, dashes and underscores', () => {
    const fields = fieldsOf(
      'TITLE: A\nCreated_At: 2024-01-05\ndate-modified: 2024-01-06 07:08\nPinned: TRUE\nArchived: yes\nLanguage: DE',
    );
    expect(fields).toEqual({
      title: 'A',
      tags: [],
      createdAt: new Date('2024-01-05T00:00:00Z'),
      updatedAt: new Date('2024-01-06T07:08:00Z'),
      url: null,
      pinned: true,
      archived: true,
      language: 'de',
    });
  });

  it.each(['lang: English', 'language: de-CH', 'language: javascript'])(
    'keeps %s, which is no plain language',
    (yaml) => {
      expect(splitFrontMatter(`---\n${yaml}\n---\n`)).toMatchObject({ fields: { language: null }, kept: yaml });
    },
  );

  it('keeps a title as it was written', () => {
    expect(fieldsOf('title: 1.10')?.title).toBe('1.10');
    expect(fieldsOf('title: "a\\tb"')?.title).toBe('a\tb');
    expect(fieldsOf('title: >-\n  folded\n  text')?.title).toBe('folded text');
    expect(fieldsOf('title: null')?.title).toBeNull();
    expect(fieldsOf('title:')?.title).toBeNull();
    expect(fieldsOf('title: {a: b}')?.title).toBeNull();
  });

  it('runs and resolves no tag of YAML', () => {
    expect(fieldsOf('title: !!js/function "function () {}"\n__proto__: {title: x}')?.title).toBe('function () {}');
  });

  it.each([
    ['tags: [a, machine learning, 2024]', ['a', 'machine learning', '2024']],
    ['tags: [machine learning]', ['machine learning']],
    ['tags:\n  - "#a"\n  - b/c', ['a', 'b/c']],
    ['tags: a, machine learning,#c', ['a', 'machine learning', 'c']],
    ['tags: a b  #c', ['a', 'b']],
    ['tags: "#a #b"', ['a', 'b']],
    ['tags: #a #b', ['a', 'b']],
    ['tags: # none yet', []],
    ['tags:', []],
    ['tag: a\ncategories: [b]\ntags: c', ['c', 'a', 'b']],
    ['tags: {a: b}', []],
  ])('reads the tags of %j', (yaml, tags) => {
    expect(fieldsOf(yaml)?.tags).toEqual(tags);
  });

  it('takes the first date that can be read and ignores the others', () => {
    expect(fieldsOf('created: someday\ndate: 2024-01-05')?.createdAt).toEqual(new Date('2024-01-05T00:00:00Z'));
    expect(fieldsOf('created: someday')).toMatchObject({ createdAt: null });
  });

  it('takes an address only when it is http or https', () => {
    expect(fieldsOf('source: Some book, p. 3\nlink: https://example.com/')?.url).toBe('https://example.com/');
    expect(fieldsOf('url: javascript:alert(1)')?.url).toBeNull();
  });
});
