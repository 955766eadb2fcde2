import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { decodeCursor, encodeCursor, linkNext, pageOf, PageQuery } from './page';
import { MalformedRequestError } from './problem';

const base64url = (text: string | Buffer): string => Buffer.from(text).toString('base64url');

const page = (rows: number[], limit: number): unknown => pageOf(rows, limit, String, (row) => `after ${row}`);

const faults = (query: Record<string, unknown>): string[] =>
  validateSync(plainToInstance(PageQuery, query)).map((error) => error.property);

function linkOf(originalUrl: string, nextCursor: string | null): string | undefined {
  const headers: Record<string, string> = {};
  const reply = { request: { originalUrl }, header: (name: string, value: string) => (headers[name] = value) };
  linkNext(reply as unknown as FastifyReply, { nextCursor, hasMore: nextCursor !== null });
  return headers.Link;
}

describe('a cursor', () => {
  it('gives back the values that it was made of', () => {
    const values = ['a"b\\é👍', '', -1.5, 0, null];
    expect(decodeCursor('kind', encodeCursor('kind', values), 5)).toEqual(values);
    expect(decodeCursor('kind', encodeCursor('kind', values), 2, 5)).toEqual(values);
  });

  it('needs no escape in an address', () => {
    expect(encodeCursor('kind', ['??>>~~ÿÿ'])).toMatch(/^[\w-]+$/);
  });

  it.each([
    ['of another query', encodeCursor('other', ['x'])],
    ['with too few values', encodeCursor('kind', [])],
    ['with too many values', encodeCursor('kind', ['x', 'y'])],
    ['that is cut off', encodeCursor('kind', ['x']).slice(0, -2)],
    ['of nothing', ''],
    ['that is not base64', '%%%'],
    ['that is not JSON', base64url('kind,x')],
    ['that is not UTF-8', base64url(Buffer.from([0xff, 0xfe]))],
    ['that is an object', base64url('{"0":"kind","1":"x","length":2}')],
    ['that is text', base64url('"kind"')],
    ['that is null', base64url('null')],
    ['with a list in it', base64url('["kind",["x"]]')],
    ['with an object in it', base64url('["kind",{"x":1}]')],
    ['with true in it', base64url('["kind",true]')],
    ['nested deeply', base64url('['.repeat(1_400))],
  ])('%s is malformed', (_name, cursor) => {
    expect(() => decodeCursor('kind', cursor, 1)).toThrow(MalformedRequestError);
  });
});

describe('pageOf', () => {
  it('shows all but the row too many, which says that there is more', () => {
    expect(page([1, 2, 3], 2)).toEqual({ data: ['1', '2'], page: { nextCursor: 'after 2', hasMore: true } });
    expect(page([1, 2], 2)).toEqual({ data: ['1', '2'], page: { nextCursor: null, hasMore: false } });
    expect(page([], 2)).toEqual({ data: [], page: { nextCursor: null, hasMore: false } });
  });
});

describe('PageQuery', () => {
  it.each([{}, { limit: '1' }, { limit: '100' }, { cursor: 'x'.repeat(2_000) }])('takes %j', (query) => {
    expect(faults(query)).toEqual([]);
  });

  it.each(
    [
      '0',
      '101',
      '-1',
      '1.5',
      '',
      ' ',
      'abc',
      '1e1000',
      'NaN',
      '5;',
      ['1', '2'],
      ['5'],
      '0x10',
      '1e1',
      ' 5',
      '+5',
      'true',
      { a: '1' },
    ].map((limit) => ({ limit })),
  )('refuses %j', (query) => {
    expect(faults(query)).toEqual(['limit']);
  });

  it.each([{ cursor: 'x'.repeat(2_001) }, { cursor: ['a', 'b'] }])('refuses %j', (query) => {
    expect(faults(query)).toEqual(['cursor']);
  });

  it('asks for 20 unless told', () => {
    expect(plainToInstance(PageQuery, {}).limit).toBe(20);
  });
});

describe('linkNext', () => {
  it.each([
    ['/api/v1/notes', '</api/v1/notes?cursor=abc>; rel="next"'],
    ['/api/v1/notes?limit=5&cursor=old&tag=a&tag=b', '</api/v1/notes?limit=5&cursor=abc&tag=a&tag=b>; rel="next"'],
    ['/api/v1/notes?q=a%20%26%3E%22+b', '</api/v1/notes?q=a+%26%3E%22+b&cursor=abc>; rel="next"'],
    ['/api/v1/notes?q=<x>', '</api/v1/notes?q=%3Cx%3E&cursor=abc>; rel="next"'],
  ])('of %s is %s', (url, link) => {
    expect(linkOf(url, 'abc')).toBe(link);
  });

  it('is absent on the last page', () => {
    expect(linkOf('/api/v1/notes', null)).toBeUndefined();
  });
});
