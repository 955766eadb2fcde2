import { applyPatch } from 'diff';
import { check, property, string, stringMatching } from 'fast-check';
import { diffTexts, type FieldDiff, unified } from './revision-diff';

const MIB = 1_048_576;
const state = (version: number, body: string | null) => ({ version, title: null, body, url: null });

function compare(before: string | null, after: string | null): { fields: FieldDiff[]; text: string } {
  const [from, to] = [state(1, before), state(2, after)];
  const fields = diffTexts(from, to);
  return { fields, text: unified(from, to, fields) };
}

const lines = (count: number, of: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => `${of(at)}\n`).join('');

describe('a diff of two texts', () => {
  it('shows the lines that differ, with three around them', () => {
    const before = lines(20, String);
    const { fields, text } = compare(before, before.replace('\n5\n', '\nfive\n').replace('\n14\n', '\n'));
    expect(fields).toEqual([
      {
        field: 'body',
        isCoarse: false,
        hunks: [
          {
            oldStart: 3,
            oldLines: 7,
            newStart: 3,
            newLines: 7,
            parts: [
              { op: 'equal', text: '2\n3\n4\n' },
              { op: 'delete', text: '5\n' },
              { op: 'insert', text: 'five\n' },
              { op: 'equal', text: '6\n7\n8\n' },
            ],
          },
          {
            oldStart: 12,
            oldLines: 7,
            newStart: 12,
            newLines: 6,
            parts: [
              { op: 'equal', text: '11\n12\n13\n' },
              { op: 'delete', text: '14\n' },
              { op: 'equal', text: '15\n16\n17\n' },
            ],
          },
        ],
      },
    ]);
    expect(text.split('\n').slice(0, 6)).toEqual(['--- v1/body', '+++ v2/body', '@@ -3,7 +3,7 @@', ' 2', ' 3', ' 4']);
  });

  it('of nothing and something has one side, and says where no line ends', () => {
    expect(compare(null, 'a').text).toBe(
      '--- v1/body\n+++ v2/body\n@@ -0,0 +1,1 @@\n+a\n\\ No newline at end of file\n',
    );
    expect(compare('a\n', null).text).toBe('--- v1/body\n+++ v2/body\n@@ -1,1 +0,0 @@\n-a\n');
    expect(compare('a', 'a')).toEqual({ fields: [], text: '' });
  });

  it('has a section for each field that differs', () => {
    const [from, to] = [
      { version: 3, title: 'a', body: 'same', url: null },
      { version: 5, title: 'b', body: 'same', url: 'https://example.org/' },
    ];
    const fields = diffTexts(from, to);
    expect(fields.map(({ field }) => field)).toEqual(['title', 'url']);
    expect(unified(from, to, fields).match(/^(---|\+\+\+) .*/gm)).toEqual([
      '--- v3/title',
      '+++ v5/title',
      '--- v3/url',
      '+++ v5/url',
    ]);
  });

  it('leads from one text to the other, whatever they are', () => {
    const text = stringMatching(/^([ab]?\r?\n|\n\n\n\n|[ab]|é)*$/);
    const outcome = check(
      property(text, text, string(), (before, after, odd) => {
        for (const [one, other] of [
          [before, after],
          [before + odd, odd + after],
        ] as const) {
          const { text: patch } = compare(one, other);
          if (patch !== '' && applyPatch(one, patch, { autoConvertLineEndings: false }) !== other) return false;
        }
        return true;
      }),
      { numRuns: 300 },
    );
    expect(outcome.counterexample).toBeNull();
  });
});

describe('a diff of 1 MiB and 1 MiB', () => {
  it('is fine where little differs, wherever that is', () => {
    const before = lines(MIB / 16, (at) => `line ${at}`.padEnd(15));
    const after = before.replace('line 30000', 'changed').replace('line 33000', 'changed too');
    const [body] = compare(before, after).fields;
    expect([body?.isCoarse, body?.hunks.length]).toEqual([false, 2]);
  });

  it.each([
    ['other lines', lines(MIB / 16, (at) => `one ${at}`), lines(MIB / 16, (at) => `two ${at}`)],
    ['one line each', 'x'.repeat(MIB), 'y'.repeat(MIB)],
    ['the same lines in turns', lines(50_000, (at) => 'ab'[at % 2] ?? ''), lines(50_000, (at) => 'ab'[at % 3] ?? '')],
  ])('that have nothing in common is one replacement: %s', (_, before, after) => {
    const { fields, text } = compare(before, after);
    expect(fields[0]?.hunks).toHaveLength(1);
    expect(applyPatch(before, text)).toBe(after);
  });

  it('of lines without number is refused, before it takes time', () => {
    expect(() => compare('x\n', '\n'.repeat(MIB))).toThrow(expect.objectContaining({ code: 'diff-refused' }));
    expect(compare('x\n', '\n'.repeat(100_000)).fields[0]?.isCoarse).toBe(true);
  });
});
