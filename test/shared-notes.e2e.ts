import { startTestApp, type TestApp } from './support/app';
import type { Answer } from './support/client';
import { query } from './support/database';
import { eventually } from './support/eventually';
import { faultsOf, HOSTILE_MARKDOWN } from './support/hostile-markdown';
import { Notes } from './support/notes';
import { expectProblem } from './support/problems';
import { SHARED, Shares } from './support/shares';

const PASSWORD = 'blue kettle';

let server: TestApp;
let notes: Notes;
let shares: Shares;

beforeAll(async () => {
  server = await startTestApp({ environment: { WORKER: 'off', SIGN_IN_LIMIT_PER_ACCOUNT: '24' } });
  notes = await Notes.signUp(server.client);
  shares = new Shares(server.client, notes.user);
});

afterAll(() => server.close());

const sql = (text: string, values: unknown[] = []) => query(server.databaseUrl, text, values);
const open = (token: string): Promise<Answer> => server.client.get(`${SHARED}/${token}`);
const unlock = (token: string, password: unknown): Promise<Answer> =>
  server.client.post(`${SHARED}/${token}`, { body: { password } });

describe('a shared note', () => {
  it('is shown as it is now, and nothing of its owner', async () => {
    const note = await notes.create({
      title: 'Tea',
      body: '# Green',
      url: 'https://example.org/tea',
      tags: ['secret'],
    });
    const { token } = await shares.create(note);
    await notes.send('PATCH', `/${note.id}`, { title: 'Green tea' });
    const answer = await open(token);
    expect(answer.status).toBe(200);
    const { updatedAt } = await notes.read(note.id);
    expect(answer.body).toEqual({ title: 'Green tea', body: '# Green', url: 'https://example.org/tea', updatedAt });
    for (const [name, value] of [
      ['cache-control', 'private, no-store'],
      ['referrer-policy', 'no-referrer'],
      ['x-robots-tag', 'noindex'],
      ['ratelimit-policy', '"address";q=300;w=60'],
    ]) {
      expect([name, answer.headers.get(name ?? '')]).toEqual([name, value]);
    }
  });

  it('is 404 for what is no token, unknown, expired or revoked', async () => {
    const { id, token } = await shares.create(await notes.create({ title: 'Here' }));
    for (const wrong of ['x', `${token}x`, token.slice(1), 'A'.repeat(22), '%00', `${token.slice(0, 21)}%00`]) {
      expectProblem(await open(wrong), 404, 'not-found', `${SHARED}/${wrong}`);
    }
    await sql(`update shares set expires_at = now() where id = $1`, [id]);
    expectProblem(await open(token), 404, 'not-found', `${SHARED}/${token}`);
    await shares.send('PATCH', `/${id}`, { expiresAt: null });
    expect((await open(token)).status).toBe(200);
    await shares.send('DELETE', `/${id}`);
    expect((await open(token)).status).toBe(404);
  });

  it('is 404 while it is in the trash, and while its owner is disabled or about to go', async () => {
    const owner = await Notes.signUp(server.client);
    const note = await owner.create({ title: 'Here and gone' });
    const { token } = await new Shares(server.client, owner.user).create(note);
    const statuses = async (away: () => Promise<unknown>, back: () => Promise<unknown>): Promise<number[]> => {
      await away();
      const hidden = (await open(token)).status;
      await back();
      return [hidden, (await open(token)).status];
    };
    const { userId } = owner.user;
    const me = { token: owner.user.token };
    expect(
      await statuses(
        () => owner.trash(note.id),
        () => owner.send('POST', `/${note.id}/restore`),
      ),
    ).toEqual([404, 200]);
    expect(
      await statuses(
        () => sql('update users set disabled_at = now() where id = $1', [userId]),
        () => sql('update users set disabled_at = null where id = $1', [userId]),
      ),
    ).toEqual([404, 200]);
    expect(
      await statuses(
        () => server.client.delete('/api/v1/users/me', me),
        () => server.client.post('/api/v1/users/me/keep', me),
      ),
    ).toEqual([404, 200]);
  });

  it('asks for the password, and delays guesses', async () => {
    const { id, token } = await shares.create(await notes.create({ title: 'Closed' }), { password: PASSWORD });
    const path = `${SHARED}/${token}`;
    const asked = await open(token);
    expectProblem(asked, 401, 'share-password-required', path);
    expect(asked.headers.get('www-authenticate')).toBe('Share-Password');
    expect(asked.text).not.toContain('Closed');
    for (const password of [undefined, null, 1, 'x'.repeat(1_001)]) {
      expectProblem(await unlock(token, password), 400, 'validation-failed', path, ['errors']);
    }
    expect((await unlock(token, PASSWORD)).body).toMatchObject({ title: 'Closed' });
    expectProblem(await unlock(token, 'wrong \0 kettle'), 401, 'share-password-wrong', path);
    // Together: an attempt that is under way counts, so many at once gain nothing.
    const guesses = await Promise.all(Array.from({ length: 12 }, (_, at) => unlock(token, `guess ${at}`)));
    expect(new Set(guesses.map(({ status }) => status))).toEqual(new Set([401, 429]));
    const early = guesses.find(({ status }) => status === 429);
    expect(early?.body.detail).toMatch(/^Too many failures: wait \d+ s/);
    expect(Number(early?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await shares.read(id)).viewCount).toBeLessThanOrEqual(1);
  });

  it('counts its views, also when many read at once, and not what asks for headers', async () => {
    const { id, token } = await shares.create(await notes.create({ title: 'Popular' }));
    for (const path of [`${SHARED}/${token}`, `/s/${token}`]) {
      expect((await server.client.request('HEAD', path)).status).toBe(200);
    }
    await Promise.all(Array.from({ length: 20 }, () => open(token)));
    const share = await eventually('All views are counted', async () => {
      const found = await shares.read(id);
      return found.viewCount === 20 ? found : undefined;
    });
    expect([share.version, typeof share.lastViewedAt]).toEqual([1, 'string']);
  });
});

describe('the page of a share', () => {
  const read = (token: string): Promise<Answer> => server.client.get(`/s/${token}`);
  const send = (token: string, fields: Record<string, string>): Promise<Answer> =>
    server.client.post(`/s/${token}`, {
      body: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  const heading = ({ status, text }: Answer): unknown[] => [status, /<h1>(.*)<\/h1>/.exec(text)?.[1]];

  /** The page of a note with this text, however long: written past the server, which would index its words. */
  async function pageOf(body: string): Promise<Answer> {
    const note = await notes.create({ title: 'A note' });
    await sql('update notes set body = $1 where id = $2', [body, note.id]);
    const { token } = await shares.create(note);
    return read(token);
  }

  it('shows the note, by itself, to nobody else', async () => {
    const note = await notes.create({
      title: 'Tea & <i>',
      url: 'https://example.org/?a=1&b=2',
      body: '# Green\n\n## Deep\n\n*See* [[Wiki link]] at https://example.org/x\n\n![A cup](https://example.org/cup.png)\n\n3. c\n\n| a |\n|---|\n| b |',
      tags: ['secret'],
    });
    const { token } = await shares.create(note);
    const answer = await read(token);
    expect(heading(answer)).toEqual([200, 'Tea &amp; &lt;i&gt;']);
    const rel = 'rel="noopener noreferrer nofollow"';
    expect(answer.text).toContain(`<a href="https://example.org/?a=1&amp;b=2" ${rel}>`);
    expect(/<article[^>]*>(.*)<\/article>/s.exec(answer.text)?.[1]?.replaceAll('\n', '')).toBe(
      `<h2>Green</h2><h3>Deep</h3><p><em>See</em> [[Wiki link]] at <a href="https://example.org/x" ${rel}>https://example.org/x</a></p>` +
        `<p><a href="https://example.org/cup.png" ${rel}>A cup</a></p><ol start="3"><li>c</li></ol>` +
        '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>',
    );
    expect(answer.text).not.toContain('secret');
    for (const hidden of [note.id, notes.user.userId, notes.user.email]) expect(answer.text).not.toContain(hidden);
    for (const [name, value] of [
      ['content-type', /^text\/html; charset=utf-8$/],
      ['cache-control', /^no-store$/],
      ['referrer-policy', /^no-referrer$/],
      ['x-robots-tag', /^noindex$/],
      [
        'content-security-policy',
        /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
      ],
    ] as const) {
      expect(answer.headers.get(name)).toMatch(value);
    }
  });

  it('asks for the password by a form, whose answer is the note', async () => {
    const { token } = await shares.create(await notes.create({ title: 'Closed' }), { password: PASSWORD });
    const asked = await read(token);
    expect(heading(asked)).toEqual([401, 'A note with a password']);
    expect(asked.text).toContain(`<form method="post" action="/s/${token}">`);
    expect(asked.text).not.toContain('Closed');
    const wrong = await send(token, { password: 'red kettle' });
    expect([...heading(wrong), wrong.headers.get('www-authenticate')]).toEqual([
      401,
      'A note with a password',
      'Share-Password',
    ]);
    expect(wrong.text).toContain('The password is wrong.');
    expect(wrong.text).not.toContain('red kettle');
    expect(heading(await send(token, { password: PASSWORD }))).toEqual([200, 'Closed']);
    expect(heading(await send(token, { password: PASSWORD, more: 'x' }))).toEqual([400, 'This cannot be used']);
    expect(heading(await server.client.post(`/s/${token}`, { body: { password: PASSWORD } }))[0]).toBe(415);
  });

  it('is a page that says so when there is nothing to show', async () => {
    for (const wrong of ['x', 'A'.repeat(22), '%00', 'a/b', '']) {
      expect(heading(await read(wrong))).toEqual([404, 'There is no such page']);
    }
    const { token } = await shares.create(await notes.create({ url: 'https://example.org/bare' }));
    expect(heading(await read(token))).toEqual([200, 'https://example.org/bare']);
    expect((await server.client.request('DELETE', `/s/${token}`)).status).toBe(405);
  });

  it.each(HOSTILE_MARKDOWN)('shows %j without anything that runs or loads', async (text) => {
    // As a title, too, where it can be one.
    const title = /\p{Cc}/u.test(text) ? 'x' : text;
    const { token } = await shares.create(await notes.create({ title, body: text }));
    const page = await read(token);
    expect([page.status, faultsOf(page.text)]).toEqual([200, []]);
  });

  it('shows what takes too long as it was typed, and serves others meanwhile', async () => {
    const nested = `${'*a '.repeat(170_000)}${'a*'.repeat(250_000)}`;
    const pending = pageOf(nested);
    let served = 0;
    let slow: Answer | undefined;
    do {
      served += (await server.client.get('/health/live')).status === 200 ? 1 : 0;
      slow = await Promise.race([pending, Promise.resolve(undefined)]);
    } while (slow === undefined);
    expect(slow.status).toBe(200);
    expect(slow.text).toContain(`<pre>\n*a *a *a `);
    expect(served).toBeGreaterThan(20);
    // The next one has a thread again.
    expect((await pageOf('**x**')).text).toContain('<strong>x</strong>');
  });

  it('is shown of a single word that is as long as a note may be', async () => {
    const word = 'x'.repeat(1_048_576);
    const answer = await pageOf(word);
    expect([answer.status, answer.text.includes(`<p>${word}</p>`)]).toEqual([200, true]);
  });
});
