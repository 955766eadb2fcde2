import { Readable } from 'node:stream';
import { userCommands } from '../src/commands/user.commands';
import { Accounts, newAddress, PASSWORD } from './support/accounts';
import { signIn } from './support/admins';
import { startTestApp, type TestApp } from './support/app';
import { query } from './support/database';
import { ServerProcess } from './support/server-process';

jest.setTimeout(300_000);

let server: TestApp;
let accounts: Accounts;

beforeAll(async () => {
  server = await startTestApp({ environment: { REGISTRATION: 'closed' } });
  accounts = new Accounts(server);
});

afterAll(() => server.close());

interface Result {
  exit: number | null;
  log: string;
}

const environmentOf = (changes: Record<string, string> = {}): Record<string, string> => ({
  DATABASE_URL: server.databaseUrl,
  DATA_DIR: server.dataDir,
  PUBLIC_URL: 'https://notes.example.org',
  ...changes,
});

/** Runs `user …` beside the running server, as an operator does. */
async function command(args: string[], input = ''): Promise<Result> {
  const started = ServerProcess.start('cli', environmentOf(), 'user', ...args).type(input);
  return { exit: await started.exit(), log: started.log };
}

/** The same in this process: one of its own takes seconds to load. */
async function user(args: string[], input = ''): Promise<Result> {
  const { env, stdin } = process;
  let log = '';
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    log += String(chunk);
    return true;
  });
  process.env = environmentOf();
  Object.defineProperty(process, 'stdin', { configurable: true, value: Readable.from([input]) });
  try {
    await userCommands().parseAsync(args, { from: 'user' });
    return { exit: 0, log };
  } catch (error) {
    return { exit: 1, log: `${log}${error instanceof Error ? error.message : String(error)}\n` };
  } finally {
    process.env = env;
    Object.defineProperty(process, 'stdin', { configurable: true, value: stdin });
    write.mockRestore();
  }
}

const events = (email: string): Promise<object[]> =>
  accounts.sql(
    `select type, actor_id, ip, detail from audit_events where user_id = (select id from users where email = $1) order by created_at, id`,
    [email],
  );

const byCommand = (type: string, detail: object = {}): object => ({
  type,
  actor_id: null,
  ip: null,
  detail: { ...detail, by: 'command' },
});

describe('the commands for accounts', () => {
  it('make an account with a password from standard input, where nobody can register', async () => {
    const email = newAddress();
    const made = await command(
      ['create', '--email', email, '--name', 'Ada', '--admin', '--password-stdin'],
      `${PASSWORD}\n`,
    );
    expect(made).toEqual({ exit: 0, log: `${email} has an account, and is an administrator.\n` });
    expect(await events(email)).toEqual([byCommand('registered', { role: 'admin' })]);
    const { token } = await signIn(server, email);
    expect((await accounts.me(token)).body).toMatchObject({ name: 'Ada', role: 'admin', emailVerified: true });
    const again = await command(['create', '--email', email, '--password-stdin'], PASSWORD);
    expect(again).toEqual({ exit: 1, log: expect.stringContaining('has an account') });
    expect(again.log).not.toMatch(/\n {4}at /);
    const typed = await command(['create', '--email', newAddress(), '--password', PASSWORD]);
    expect(typed).toEqual({ exit: 1, log: expect.stringContaining('unknown option') });
  });

  it.each([
    ['an address that is none', ['--email', 'ada', '--password-stdin'], PASSWORD, '#/email must be'],
    ['a short password', ['--email', 'short@example.org', '--password-stdin'], 'short\n', '#/password must be'],
    ['no terminal to ask at', ['--email', 'none@example.org'], '', 'There is no terminal'],
    ['two ways to set the password', ['--email', 'x@example.org', '--password-stdin', '--invite'], '', 'not both'],
    ['a mail without a mail server', ['--email', 'x@example.org', '--invite', '--mail'], '', 'SMTP_URL is not set'],
  ])('make no account with %s, and say why', async (_, args, input, reason) => {
    const { exit, log } = await user(['create', ...args], input);
    expect([exit, log]).toEqual([1, expect.stringContaining(reason)]);
    const made = await query(server.databaseUrl, `select 1 from users where email ~ '^(short|none|x)@'`);
    expect(made).toEqual([]);
  });

  it('make an account without a password, and a link with which its user sets one', async () => {
    const email = newAddress();
    const { exit, log } = await user(['create', '--email', email, '--invite']);
    const token = /https:\/\/notes\.example\.org\/account\/reset-password\?token=(cmo_[\w-]{43})\n/.exec(log)?.[1];
    expect([exit, token]).toEqual([0, expect.any(String)]);
    expect((await accounts.post('password/reset', { token, newPassword: PASSWORD })).status).toBe(204);
    await signIn(server, email);
  });

  it('give a link for a new password, which voids the one before and ends nothing by itself', async () => {
    const email = newAddress();
    await user(['create', '--email', email, '--password-stdin'], 'former horse battery');
    const { body } = await accounts.post('login', { email, password: 'former horse battery' });
    const links = [await user(['reset-password', email]), await user(['reset-password', email.toUpperCase()])];
    const [former, latter] = links.map(({ log }) => /token=(\S+)/.exec(log)?.[1]);
    expect((await accounts.me(body.accessToken)).status).toBe(200);
    expect((await accounts.post('password/reset', { token: former, newPassword: PASSWORD })).status).toBe(400);
    expect((await accounts.post('password/reset', { token: latter, newPassword: PASSWORD })).status).toBe(204);
    expect((await accounts.me(body.accessToken)).status).toBe(401);
    await signIn(server, email);
    expect(await events(email)).toEqual(expect.arrayContaining([byCommand('password-reset-requested')]));
  });

  it('list, promote, demote, disable and enable, and keep the last administrator', async () => {
    await query(server.databaseUrl, `delete from users`);
    const email = newAddress();
    await user(['create', '--email', email, '--password-stdin'], PASSWORD);
    const signedIn = await signIn(server, email);
    expect((await user(['promote', email])).exit).toBe(0);
    for (const name of ['demote', 'disable']) {
      expect(await user([name, email])).toEqual({ exit: 1, log: expect.stringContaining('last administrator') });
    }
    const other = newAddress();
    await user(['create', '--email', other, '--name', 'Grace Hopper', '--admin', '--invite']);
    expect(await user(['demote', email])).toEqual({ exit: 0, log: expect.stringContaining('ordinary user') });
    expect((await user(['disable', email])).exit).toBe(0);
    // The running server reads every 5 s which sessions were ended elsewhere; the refresh asks the database.
    expect((await accounts.refresh(signedIn.refreshToken)).status).toBe(401);
    expect((await user(['list'])).log.split('\n').map((line) => line.split('\t').slice(0, 3))).toEqual([
      [other, 'admin', 'enabled'],
      [email, 'user', 'disabled'],
      [''],
    ]);
    expect((await user(['list', '--search', 'hopper'])).log).toMatch(/^[^\n]+\tGrace Hopper\n$/);
    expect(await user(['reset-password', email])).toEqual({ exit: 1, log: expect.stringContaining('is disabled') });
    expect((await user(['enable', email])).exit).toBe(0);
    await signIn(server, email);
    expect(
      (await events(email)).filter((event) => 'detail' in event && JSON.stringify(event.detail).includes('command')),
    ).toEqual([
      byCommand('registered', { role: 'user' }),
      byCommand('role-changed', { from: 'user', to: 'admin' }),
      byCommand('role-changed', { from: 'admin', to: 'user' }),
      byCommand('account-disabled'),
      byCommand('account-enabled'),
    ]);
  });

  it('say that there is no such account', async () => {
    const said = { exit: 1, log: 'There is no account with the address nobody@example.org\n' };
    for (const name of ['promote', 'reset-password']) expect(await user([name, 'nobody@example.org'])).toEqual(said);
  });
});
