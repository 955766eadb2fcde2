import { Accounts } from './accounts';
import { startTestApp, type TestApp } from './app';
import { freePort, MailSink } from './mail-sink';

/** Where the links in the mails of a `MailApp` lead. */
export const PUBLIC_URL = 'https://notes.example.org';

/** A server that sends its mails to a mail server of ours. */
export class MailApp {
  readonly accounts: Accounts;

  private constructor(
    readonly server: TestApp,
    readonly sink: MailSink,
  ) {
    this.accounts = new Accounts(server);
  }

  static async start(): Promise<MailApp> {
    const sink = new MailSink(await freePort());
    await sink.start();
    const environment = { SMTP_URL: `smtp://127.0.0.1:${sink.port}`, PUBLIC_URL };
    return new MailApp(await startTestApp({ environment }), sink);
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.sink.stop();
  }

  /** The token of the link in the newest mail to an address with a subject, after the first `skip` mails. */
  async tokenIn(email: string, subject: string, skip = 0): Promise<string> {
    return tokenOf((await this.sink.next(email, subject, skip)).text);
  }

  /** Asks for a link to set a new password, and gives its token. */
  async resetToken(email: string, asked = email): Promise<string> {
    const before = this.sink.to(email).length;
    const { status, text } = await this.accounts.post('password/forgot', { email: asked });
    if (status !== 202) throw new Error(`No link was asked for: ${text}`);
    return this.tokenIn(email, 'Set a new password', before);
  }
}

/** The token of the link in the text of a mail. */
export function tokenOf(text: string): string {
  const link = /https:\/\/notes\.example\.org\/account\/(?:verify-email|reset-password)\?token=(cmo_[\w-]{43})\s/;
  const token = link.exec(text)?.[1];
  if (token === undefined) throw new Error(`There is no link in: ${text}`);
  return token;
}
