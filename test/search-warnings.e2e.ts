import { startTestApp, type TestApp } from './support/app';
import { Notes } from './support/notes';

let app: TestApp;
let notes: Notes;

beforeAll(async () => {
  app = await startTestApp();
  notes = await Notes.signUp(app.client);
  await notes.create({ title: 'Green tea', body: 'a cup' });
  await notes.create({ title: 'Old tea', body: 'a cup' });
});

afterAll(() => app.close());

describe('a search', () => {
  const search = (q: string, more = '') => notes.list(`${new URLSearchParams({ q }).toString()}${more}`);

  it('says what it did not understand, and where, on every page and in any order', async () => {
    const q = 'OR tea (cup "tea';
    const warnings = [
      { position: 0, detail: expect.stringMatching(/^OR needs/) },
      { position: 7, detail: expect.stringMatching(/parenthesis is never closed/) },
      { position: 12, detail: expect.stringMatching(/quotation mark/) },
    ];
    const first = await search(q, '&limit=1');
    expect(first).toMatchObject({ data: [{ title: 'Old tea' }], search: { warnings } });
    const second = await search(q, `&limit=1&cursor=${first.page.nextCursor ?? ''}`);
    expect(second).toMatchObject({ data: [{ title: 'Green tea' }], search: { warnings } });
    expect((await search(q, '&sort=title')).search).toMatchObject({ warnings });
    expect((await search('""')).search).toMatchObject({ warnings: [{ position: 0 }] });
  });

  it('has no warnings when it was understood, and a list without one says nothing of it', async () => {
    expect((await search('tea -coffee')).search).toMatchObject({ warnings: [] });
    expect(await notes.list('')).not.toHaveProperty('search');
  });
});
