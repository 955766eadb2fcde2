import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { JobQueues } from '../src/jobs/job-queues';
import type { Job } from '../src/jobs/job.entity';
import { JobsWorkerModule } from '../src/jobs/jobs-worker.module';
import { MailWorkerModule } from '../src/mail/mail-worker.module';
import { Mail } from '../src/mail/mail.entity';
import { MailService, type OutgoingMail } from '../src/mail/mail.service';
import { readMail } from '../src/mail/read-mail';
import { sendMail } from '../src/mail/send-mail.job';
import { startTestApp, type TestApp } from './support/app';
import { createTestDatabase, type TestDatabase } from './support/database';
import { eventually } from './support/eventually';
import { JobsApp } from './support/jobs-app';
import { freePort, MailSink } from './support/mail-sink';

/** Longer than a line of a mail, with characters that its encodings treat specially. */
const LINK = `https://notes.example.org/reset?token=${'a=b_'.repeat(40)}&x=1`;

const letter = (to = 'ada@example.org'): OutgoingMail => ({
  to,
  subject: 'Čau – reset your <password> = now_please',
  text: `Hello Ada,\n\n<script>alert('ö')</script>\n${LINK}\n`,
  html: `<p>Hello Ada, <a href="${LINK}">reset</a>`,
});

/** Asks for the mail, and gives its job. */
async function send(dataSource: DataSource, mails: MailService, mail: OutgoingMail): Promise<Job> {
  await dataSource.transaction((manager) => mails.send(manager, mail));
  return dataSource.getRepository<Job>('Job').findOneOrFail({ where: { type: 'send-mail' }, order: { id: 'DESC' } });
}

describe('Mails through a mail server', () => {
  let database: TestDatabase;
  let sink: MailSink;
  let app: JobsApp;

  const ask = (mail: OutgoingMail): Promise<Job> => send(app.dataSource, app.get(MailService), mail);
  const mailOf = (job: Job): Promise<Mail> => {
    const { mailId } = job.payload as { mailId: string };
    return app.dataSource.getRepository(Mail).findOneByOrFail({ id: mailId });
  };
  const becomesUnavailable = (job: Job): Promise<Job> =>
    eventually('The first failure', async () => {
      const found = await app.job(job.id);
      return found.error === null ? undefined : found;
    });

  beforeAll(async () => {
    database = await createTestDatabase();
    const port = await freePort();
    sink = new MailSink(port);
    app = await JobsApp.start({
      environment: {
        DATABASE_URL: database.url,
        SMTP_URL: `smtp://user:wrong@127.0.0.1:${port}`,
        MAIL_FROM: 'Commonplace <notes@example.org>',
      },
      modules: [JobsWorkerModule, MailWorkerModule],
    });
  });

  beforeEach(async () => {
    sink.received.length = 0;
    await sink.start({ disabledCommands: ['STARTTLS', 'AUTH'] });
  });

  afterEach(() => sink.stop());

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it('are delivered once, with text and HTML, and then forget what they said', async () => {
    const job = await ask(letter());
    await app.becomes(job.id, 'completed');
    const mail = await mailOf(job);
    expect(mail).toMatchObject({ recipient: 'ada@example.org', text: null, html: null, sentAt: expect.any(Date) });
    expect(sink.received).toEqual([{ from: 'notes@example.org', to: ['ada@example.org'], source: expect.any(String) }]);
    const source = sink.received[0]?.source ?? '';
    expect(readMail(source)).toMatchObject({
      to: 'ada@example.org',
      subject: letter().subject,
      text: letter().text.replaceAll('\n', '\r\n'),
    });
    expect(source).toMatch(/^Content-Type: text\/html; charset=utf-8\r$/m);
    expect(source).toContain(`Message-ID: <${mail.id}@example.org>\r\n`);
    expect(source).toContain('Auto-Submitted: auto-generated\r\n');
    expect(source).toMatch(/^From: Commonplace <notes@example\.org>\r$/m);
    await app.dataSource.query(`update jobs set status = 'queued' where id = $1`, [job.id]);
    await app.get(JobQueues).handOver(sendMail, [job.id]);
    await app.becomes(job.id, 'completed');
    expect(sink.received).toHaveLength(1);
  });

  it.each<[Partial<OutgoingMail>, string]>([
    [{ to: 'ada@example.org\r\nBcc: eve@example.org' }, 'recipient'],
    [{ to: 'ada@example.org, eve@example.org' }, 'one address'],
    [{ to: 'Ada <ada@example.org>' }, 'one address'],
    [{ subject: 'Hello\r\nBcc: eve@example.org' }, 'subject'],
  ])('are refused when %j could add a header or a recipient', async (change, reason) => {
    const mails = app.dataSource.getRepository(Mail);
    const before = await mails.count();
    await expect(ask({ ...letter(), ...change })).rejects.toThrow(reason);
    expect(await mails.count()).toBe(before);
  });

  it('wait for a mail server that is away', async () => {
    await sink.stop();
    const job = await ask(letter('bob@example.org'));
    const failed = await becomesUnavailable(job);
    expect(failed).toMatchObject({ status: 'queued', error: { code: 'mail-server-unavailable' } });
    expect((await mailOf(job)).text).toBe(letter().text);
    await sink.start({ disabledCommands: ['STARTTLS', 'AUTH'] });
    const sent = await app.becomes(job.id, 'completed');
    expect(sent.attempts).toBeGreaterThan(1);
    expect(sink.received.map(({ to }) => to)).toEqual([['bob@example.org']]);
  });

  it('wait while the mail server does not let this server in', async () => {
    await sink.stop();
    await sink.start({ onAuth: (_auth, _session, callback) => callback(new Error('Invalid username or password')) });
    const job = await ask(letter('carol@example.org'));
    const failed = await becomesUnavailable(job);
    expect(failed).toMatchObject({ status: 'queued', error: { code: 'mail-server-unavailable' } });
    expect(failed.error?.detail).not.toContain('wrong');
    expect(sink.received).toEqual([]);
  });

  it('fail at once when the mail server refuses them for good', async () => {
    await sink.stop();
    const refusal = Object.assign(new Error('No such user here'), { responseCode: 550 });
    await sink.start({
      disabledCommands: ['STARTTLS', 'AUTH'],
      onRcptTo: (_address, _session, callback) => callback(refusal),
    });
    const job = await ask(letter('nobody@example.org'));
    const failed = await app.becomes(job.id, 'failed');
    expect(failed).toMatchObject({
      attempts: 1,
      error: { code: 'mail-refused', detail: expect.stringContaining('550') },
    });
    const mail = await eventually('Forgetting the content', async () => {
      const found = await mailOf(job);
      return found.text === null ? found : undefined;
    });
    expect(mail).toMatchObject({ html: null, sentAt: null });
  });
});

describe('Mails without a mail server', () => {
  let dataDir: string;
  let running: TestApp;

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'commonplace-mail-'));
    running = await startTestApp({ dataDir });
  });

  afterAll(async () => {
    await running.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('are kept as files for the owner only, and shown without running what is in them', async () => {
    const { app, client } = running;
    expect((await client.get('/dev/mail')).text).toContain('None yet');
    const dataSource = app.get(DataSource);
    const { id } = await send(dataSource, app.get(MailService), letter());
    await eventually('Keeping it', async () => {
      const job = await dataSource.getRepository<Job>('Job').findOneByOrFail({ id });
      return job.status === 'completed' || undefined;
    });
    const names = readdirSync(join(dataDir, 'mail'));
    expect(names).toEqual([expect.stringMatching(/^\d{8}T\d{9}Z-[0-9a-f-]{36}\.eml$/)]);
    const [name = ''] = names;
    expect(statSync(join(dataDir, 'mail', name)).mode & 0o777).toBe(0o600);
    const list = await client.get('/dev/mail');
    expect(list.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(list.headers.get('content-security-policy')).toContain(`default-src 'none'`);
    expect(list.text).toContain(`<a href="/dev/mail/${name}">Čau – reset your &lt;password&gt; = now_please</a>`);
    const page = await client.get(`/dev/mail/${name}`);
    expect(page.text).toContain('&lt;script&gt;alert(&#39;ö&#39;)&lt;/script&gt;');
    expect(page.text).not.toContain('<script');
    const link = LINK.replaceAll('&', '&amp;');
    expect(page.text).toContain(`<a href="${link}" rel="noreferrer">${link}</a>`);
  });

  it.each(['nothing.eml', '..%2Fjwt-secret', '20251123T180000000Z-019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70.eml'])(
    'are not found under %s',
    async (name) => {
      const answer = await running.client.get(`/dev/mail/${name}`);
      expect(answer.status).toBe(404);
      expect(answer.body).toMatchObject({ type: 'urn:commonplace:problem:not-found' });
    },
  );

  it.each([
    ['with a mail server', { SMTP_URL: 'smtp://127.0.0.1:1' }],
    [
      'in production',
      {
        NODE_ENV: 'production',
        PUBLIC_URL: 'https://notes.example.org',
        JWT_SECRET: 's'.repeat(40),
        ENCRYPTION_KEY: 'e'.repeat(40),
      },
    ],
  ])('are shown to nobody %s', async (_, environment) => {
    const other = await startTestApp({ environment, dataDir, databaseUrl: running.databaseUrl });
    const answers = await Promise.all(
      ['/dev/mail', `/dev/mail/${readdirSync(join(dataDir, 'mail'))[0]}`].map((path) => other.client.get(path)),
    );
    await other.close();
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });
});
