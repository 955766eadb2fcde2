import { plainToInstance } from 'class-transformer';
import type { CursorValue } from '../common/page';
import { MalformedRequestError } from '../common/problem';
import { ListNotesQuery } from './list-notes.query';
import { cursorKind, idIn, realIn, textIn, timeIn } from './note-cursor';

const kindOf = (query: Record<string, unknown>, order = '-createdAt'): string =>
  cursorKind(plainToInstance(ListNotesQuery, query), order);

describe('what a cursor belongs to', () => {
  it('is the same for every page of a query, whatever the number of notes on it', () => {
    expect(kindOf({ tag: 'a', pinned: 'true', limit: '5', cursor: 'x' })).toBe(kindOf({ pinned: 'true', tag: ['a'] }));
    expect(kindOf({ sort: '-createdAt' })).toBe(kindOf({}));
  });

  it('is another for another order, search or filter', () => {
    const queries = [
      {},
      { q: 'a' },
      { q: 'b' },
      { tag: 'a' },
      { tag: ['a', 'b'] },
      { kind: 'note' },
      { pinned: 'true' },
      { pinned: 'false' },
      { createdAfter: '2024-01-01' },
    ];
    const kinds = [...queries.map((query) => kindOf(query)), kindOf({}, 'title'), kindOf({ q: 'a' }, 'relevance')];
    expect(new Set(kinds).size).toBe(kinds.length);
  });
});

describe('the values of a cursor', () => {
  it.each<[string, (value: CursorValue | undefined) => unknown, CursorValue]>([
    ['time', timeIn, '2024-02-29T23:59:59.999Z'],
    ['time', timeIn, '0001-01-01T00:00:00.000Z'],
    ['id', idIn, '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70'],
    ['text', textIn, `'); drop table notes; -- 👍`],
    ['real', realIn, 0.5],
    ['real', realIn, 0],
    ['real', realIn, -3e38],
  ])('are taken as they are: %s', (_type, read, value) => {
    expect(read(value)).toBe(value === -3e38 ? Math.fround(-3e38) : value);
  });

  it.each<[string, (value: CursorValue | undefined) => unknown, (CursorValue | undefined)[]]>([
    [
      'time',
      timeIn,
      [
        null,
        undefined,
        0,
        '',
        'now',
        'infinity',
        '0000-01-01T00:00:00.000Z',
        '2024-02-30T00:00:00.000Z',
        '2024-01-01T24:00:00.000Z',
        '2024-13-01T00:00:00.000Z',
        '-002024-01-01T00:00:00.000Z',
        '+012024-01-01T00:00:00.000Z',
        '2024-01-01',
        '2024-01-01T00:00:00.000Z\0',
        '2024-01-01T00:00:00.000+01:00',
      ],
    ],
    [
      'id',
      idIn,
      [
        null,
        undefined,
        1,
        '',
        '019ab1c2',
        '019AB1C2-8D3E-7F00-8A11-2B3C4D5E6F70',
        "019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f7'",
      ],
    ],
    ['text', textIn, [null, undefined, 1, 'a\0', '\uD83D']],
    ['real', realIn, [null, undefined, '1', '', Infinity, NaN, 1e39, -1e39, 1e-60]],
  ])('are refused when they are not of the type: %s', (_type, read, values) => {
    for (const value of values) expect(() => read(value)).toThrow(MalformedRequestError);
  });
});
