import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { type ReadableMail, readMail } from '../../src/mail/read-mail';
import { eventually } from './eventually';

export interface ReceivedMail {
  from: unknown;
  to: string[];
  source: string;
}

/** A mail server that keeps what it takes. */
export class MailSink {
  readonly received: ReceivedMail[] = [];
  private server: SMTPServer | undefined;

  constructor(readonly port: number) {}

  async start(options: SMTPServerOptions = {}): Promise<void> {
    this.server = new SMTPServer({
      authOptional: true,
      // Ours are kept open: the end does not wait for them.
      closeTimeout: 50,
      disabledCommands: ['STARTTLS'],
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          const to = rcptTo.map(({ address }) => address);
          this.received.push({
            from: mailFrom && mailFrom.address,
            to,
            source: Buffer.concat(chunks).toString('latin1'),
          });
          callback();
        });
      },
      ...options,
    });
    this.server.on('error', () => undefined);
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
  }

  /** The mails to an address, in the order in which they came, as people read them. */
  to(address: string): ReadableMail[] {
    return this.received.filter(({ to }) => to.includes(address)).map(({ source }) => readMail(source));
  }

  /** The newest mail to an address with a subject, among those after the first `skip`, once it is there. */
  async next(address: string, subject: string, skip = 0, ms = 20_000): Promise<ReadableMail> {
    const look = (): ReadableMail | undefined =>
      this.to(address)
        .slice(skip)
        .findLast((mail) => mail.subject === subject);
    return eventually(`A mail to ${address} with the subject "${subject}"`, look, ms);
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server !== undefined) await new Promise<void>((resolve) => server.close(resolve));
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
