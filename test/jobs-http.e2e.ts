import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { newId } from '../src/common/uuid';
import { startTestApp, type TestApp } from './support/app';
import type { SignedIn } from './support/client';

describe('GET /jobs', () => {
  let running: TestApp;
  let ada: SignedIn;
  let eve: SignedIn;
  const ids: string[] = [];

  beforeAll(async () => {
    running = await startTestApp({ environment: { WORKER: 'off' } });
    ada = await running.client.signUp();
    eve = await running.client.signUp();
    const insert = `insert into jobs (id, user_id, type, payload, done, total) values ($1, $2, 'import-notes', '{"fileKey": "secret"}', 5, 20)`;
    for (let index = 0; index < 3; index += 1) {
      ids.unshift(newId());
      await running.app.get(DataSource).query(insert, [ids[0], ada.userId]);
    }
  });

  afterAll(() => running.close());

  it('shows a job to its user, without its payload', async () => {
    const answer = await running.client.get(`/api/v1/jobs/${ids[0]}`, { token: ada.token });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      id: ids[0],
      type: 'import-notes',
      status: 'queued',
      progress: { fraction: 0.25, done: 5, total: 20 },
      result: null,
      error: null,
      attempts: 0,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      startedAt: null,
      finishedAt: null,
    });
  });

  it('lists the jobs of the user, newest first, in pages', async () => {
    const first = await running.client.get<{ data: { id: string }[] }>('/api/v1/jobs?limit=2', { token: ada.token });
    expect(first.body.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await running.client.get<{ data: { id: string }[] }>(next, { token: ada.token });
    expect(second.body).toMatchObject({ data: [{ id: ids[2] }], page: { nextCursor: null, hasMore: false } });
    const nothing = await running.client.get('/api/v1/jobs', { token: eve.token });
    expect(nothing.body).toEqual({ data: [], page: { nextCursor: null, hasMore: false } });
  });

  it('answers 404 to a stranger, 400 to what is no id or cursor, and 401 to nobody', async () => {
    const forged = Buffer.from(JSON.stringify(['jobs', 'yesterday', '1'])).toString('base64url');
    const cases: [path: string, token: string | undefined, status: number][] = [
      [`/api/v1/jobs/${ids[0]}`, eve.token, 404],
      [`/api/v1/jobs/${randomUUID()}`, ada.token, 404],
      ['/api/v1/jobs/1', ada.token, 400],
      ['/api/v1/jobs?cursor=abc', ada.token, 400],
      [`/api/v1/jobs?cursor=${forged}`, ada.token, 400],
      [`/api/v1/jobs/${ids[0]}`, undefined, 401],
    ];
    for (const [path, token, status] of cases) {
      expect([path, (await running.client.get(path, { token })).status]).toEqual([path, status]);
    }
  });
});
