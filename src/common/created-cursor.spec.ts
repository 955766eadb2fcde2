import { createdCursor, readCreatedCursor } from './created-cursor';
import { encodeCursor } from './page';
import { MalformedRequestError } from './problem';

const ID = '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70';

describe('the cursor of a list by time', () => {
  it('gives back time and id', () => {
    const row = { createdAt: new Date('2026-11-25T04:32:25.123Z'), id: ID };
    expect(readCreatedCursor('kind', createdCursor('kind', row))).toEqual(row);
  });

  it.each([
    ['no time', ['x', ID]],
    ['a number as the time', [1, ID]],
    ['a year that PostgreSQL does not know', ['-271821-04-20T00:00:00.000Z', ID]],
    ['the year 0', ['0000-01-01T00:00:00.000Z', ID]],
    ['a year of six digits', ['+275760-09-13T00:00:00.000Z', ID]],
    ['no id', ['2026-11-25T04:32:25.123Z', 'x']],
  ])('with %s is malformed', (_name, values) => {
    expect(() => readCreatedCursor('kind', encodeCursor('kind', values))).toThrow(MalformedRequestError);
  });
});
