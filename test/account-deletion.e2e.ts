import { existsSync } from 'node:fs';
import { AccountDeletions } from '../src/auth/account/account-deletions';
import { PeriodicRunner } from '../src/jobs/periodic/periodic-runner';
import { AccountNotes } from '../src/notes/account-notes';
import { AccountFiles } from '../src/transfer/account-files';
import { Accounts, AUTH, ME, PASSWORD, type User } from './support/accounts';
import { startReplica, startTestApp, type TestApp } from './support/app';
import type { SignedIn } from './support/client';
import { query } from './support/database';
import { eventually } from './support/eventually';
import { startWithLargeLibrary } from './support/large-library';
import { expectProblem } from './support/problems';
import { addWaitingImport, filesOf, fillAccount, rowsAbout } from './support/whole-account';

// Twenty seconds alone; the machine may have more to do.
jest.setTimeout(120_000);

let server: TestApp;
let accounts: Accounts;

beforeAll(async () => {
  server = await startTestApp();
  // The task would also run by itself, every 10 s: here it runs only when a test says so.
  await server.app.get(PeriodicRunner, { strict: false }).beforeApplicationShutdown();
  accounts = new Accounts(server);
});

afterAll(() => server.close());

const sql = (text: string, values: unknown[] = []) => query<Record<string, unknown>>(server.databaseUrl, text, values);
const erase = (token: string) => server.client.delete(ME, { token });
const keep = (token: string) => server.client.post(`${ME}/keep`, { token });
const age = ({ userId }: SignedIn) =>
  sql(`update users set delete_after = now() - interval '1 second' where id = $1`, [userId]);
const exists = async ({ userId }: SignedIn) => (await sql(`select from users where id = $1`, [userId])).length === 1;

const left = (rows: Record<string, number>) => Object.keys(rows).filter((column) => rows[column] !== 0);

/** One run of the task. */
const run = (of = server) => of.app.get(AccountDeletions, { strict: false }).run(new AbortController().signal);

/** Runs until the account is gone; the other processes need not be waited for, whose sessions are long known here. */
async function deleteNow(user: SignedIn): Promise<void> {
  await age(user);
  await run();
  await sql(`update sessions set revoked_at = now() - interval '1 minute' where user_id = $1`, [user.userId]);
  await run();
}

describe('an account whose time is over', () => {
  it('can be kept no more, and no way in works', async () => {
    const user = await server.client.signUp();
    await erase(user.token);
    await age(user);
    expectProblem(await keep(user.token), 409, 'conflict', `${ME}/keep`);
    const login = await accounts.post('login', { email: user.email, password: PASSWORD });
    expectProblem(login, 403, 'account-disabled', `${AUTH}/login`);
  });

  it('is left alone when it was kept at the last moment, and gone when it was not', async () => {
    const users = await Promise.all(Array.from({ length: 3 }, () => server.client.signUp()));
    for (const user of users) await erase(user.token);
    const soon = `update users set delete_after = now() + interval '150 milliseconds' where id = $1`;
    for (const user of users) await sql(soon, [user.userId]);
    const kept: boolean[] = [];
    for (const user of users) {
      const [answer] = await Promise.all([keep(user.token), run()]);
      kept.push(answer.status === 204);
    }
    await run();
    const states = await Promise.all(
      users.map(({ userId }) => sql(`select delete_after is null as kept from users where id = $1`, [userId])),
    );
    expect(states.map(([state]) => state?.kept)).toEqual(kept);
  });

  it('loses its sessions first: its access tokens stop on every replica, and only then does the row go', async () => {
    const replica = await startReplica({
      databaseUrl: server.databaseUrl,
      dataDir: server.dataDir,
      environment: { WORKER: 'off' },
    });
    try {
      const user = await server.client.signUp();
      const me = () => replica.client.get<User>(ME, { token: user.token });
      expect((await me()).status).toBe(200);
      await erase(user.token);
      await age(user);
      await run();
      expect((await accounts.me(user.token)).status).toBe(401);
      expect(await exists(user)).toBe(true);
      const begun = Date.now();
      await eventually('The access token stops', async () => ((await me()).status === 401 ? true : undefined), 15_000);
      expect(Date.now() - begun).toBeLessThan(10_000);
      await eventually(
        'The row goes',
        async () => {
          await run();
          return (await exists(user)) ? undefined : true;
        },
        40_000,
      );
      const refused = await me();
      expect([refused.status, refused.text]).toEqual([401, expect.stringContaining('The session has ended')]);
    } finally {
      await replica.close();
    }
  }, 90_000);

  it('goes with every row and every file, and nobody else’s', async () => {
    const [user, other] = [await server.client.signUp(), await server.client.signUp()];
    const mine = await fillAccount(server, user, other);
    const theirs = await fillAccount(server, other, await server.client.signUp());
    const before = await rowsAbout(server, other);
    const all = await rowsAbout(server, user);
    expect(Object.keys(all).length).toBeGreaterThanOrEqual(14);
    expect(Object.keys(all).filter((column) => all[column] === 0)).toEqual([]);
    // An export, and an import that waits.
    expect([mine.length, theirs.length]).toEqual([2, 2]);

    await deleteNow(user);
    expect(left(await rowsAbout(server, user))).toEqual([]);
    expect(await sql(`select from users where email = $1`, [user.email])).toEqual([]);
    expect(await sql(`select from invitations where email = $1`, [user.email])).toEqual([]);
    expect(await rowsAbout(server, other)).toEqual(before);
    expect(filesOf(server).filter((file) => [...mine, ...theirs].includes(file))).toEqual(theirs.toSorted());
    // What an administrator did to others stays said.
    expect(
      await sql(`select actor_id from audit_events where user_id = $1 and type = 'role-changed'`, [other.userId]),
    ).toEqual([{ actor_id: null }]);
    const again = await accounts.post('register', { email: user.email, password: PASSWORD });
    expect(again.status).toBe(201);
  });

  it('goes on where a crash ended it, and bears two processes at once', async () => {
    const user = await server.client.signUp();
    const mine = await fillAccount(server, user, await server.client.signUp());
    await age(user);
    const notes = server.app.get(AccountNotes, { strict: false });
    const remove = jest.spyOn(notes, 'remove').mockRejectedValueOnce(new Error('the process died'));
    await run();
    remove.mockRestore();
    expect(await exists(user)).toBe(true);
    await sql(`update sessions set revoked_at = now() - interval '1 minute' where user_id = $1`, [user.userId]);
    await Promise.all([run(), run(), run()]);
    expect(left(await rowsAbout(server, user))).toEqual([]);
    expect(filesOf(server).filter((file) => mine.includes(file))).toEqual([]);
  });

  it('waits for a job that was asked for at the last moment, whose file would be left', async () => {
    const user = await server.client.signUp();
    await age(user);
    await run();
    await sql(`update sessions set revoked_at = now() - interval '1 minute' where user_id = $1`, [user.userId]);
    const files = server.app.get(AccountFiles, { strict: false });
    const removed = files.remove.bind(files);
    let path = '';
    const remove = jest.spyOn(files, 'remove').mockImplementationOnce(async (...args) => {
      await removed(...args);
      path = await addWaitingImport(server, user);
    });
    await run();
    remove.mockRestore();
    expect([await exists(user), existsSync(path)]).toEqual([true, true]);
    await run();
    expect([await exists(user), existsSync(path)]).toEqual([false, false]);
  });
});

describe('without days of grace', () => {
  it('an account goes at once, by itself: all sessions end, this one too', async () => {
    const hasty = await startTestApp({ environment: { ACCOUNT_DELETION_DAYS: '0' } });
    try {
      const user = await hasty.client.signUp();
      const { status, body } = await hasty.client.delete<{ deleteAfter: string }>(ME, { token: user.token });
      expect(status).toBe(202);
      expect(Math.abs(Date.parse(body.deleteAfter) - Date.now())).toBeLessThan(60_000);
      expect((await hasty.client.get(ME, { token: user.token })).status).toBe(401);
      const users = () => query(hasty.databaseUrl, `select from users`);
      await eventually('The account goes', async () => ((await users()).length === 0 ? true : undefined), 60_000);
    } finally {
      await hasty.close();
    }
  }, 90_000);
});

describe('a library of 200,000 notes', () => {
  it('goes in bounded steps, each well within the time that a statement may take', async () => {
    const {
      app: patient,
      first: user,
      second: other,
    } = await startWithLargeLibrary({ DATABASE_STATEMENT_TIMEOUT_MS: '5000', WORKER: 'inline' });
    try {
      const begun = Date.now();
      await query(patient.databaseUrl, `update users set delete_after = now() where id = $1`, [user.userId]);
      await run(patient);
      await query(
        patient.databaseUrl,
        `update sessions set revoked_at = now() - interval '1 minute' where user_id = $1`,
        [user.userId],
      );
      await run(patient);
      const rest = await query(patient.databaseUrl, `select user_id from notes group by 1 having count(*) > 1000`);
      expect(rest).toEqual([{ user_id: other.userId }]);
      expect(await query(patient.databaseUrl, `select from users where id = $1`, [user.userId])).toEqual([]);
      expect(Date.now() - begun).toBeLessThan(180_000);
    } finally {
      await patient.close();
    }
  }, 300_000);
});
