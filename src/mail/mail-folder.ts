import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { hasCode } from '../common/errors';
import { NotFoundError } from '../common/problem';
import { messageOf } from './mail-message';
import { MailTransport } from './mail-transport';
import type { Mail } from './mail.entity';
import { type ReadableMail, readMail } from './read-mail';

/** When it was made, and its id. */
const NAME = /^\d{8}T\d{9}Z-[0-9a-f-]{36}\.eml$/;

export interface KeptMail extends ReadableMail {
  name: string;
}

/** Keeps mails as files (RFC 5322) instead of sending them: where no mail server is set. */
export class MailFolder extends MailTransport {
  private readonly composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

  constructor(
    private readonly directory: string,
    private readonly from: string,
  ) {
    super();
  }

  /** The same mail is the same file, which appears whole and only for the owner of the process to read. */
  async send(mail: Mail): Promise<void> {
    const { message } = await this.composer.sendMail(messageOf(mail, this.from));
    if (!Buffer.isBuffer(message)) throw new Error('The message was not composed');
    const path = join(this.directory, nameOf(mail));
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const draft = await open(`${path}.part`, 'w', 0o600);
    try {
      await draft.writeFile(message);
      await draft.sync();
    } finally {
      await draft.close();
    }
    await rename(`${path}.part`, path);
  }

  close(): void {
    this.composer.close();
  }

  /** The newest `limit` mails, newest first. */
  async list(limit: number): Promise<KeptMail[]> {
    const names = (await this.names()).filter((name) => NAME.test(name)).sort();
    const newest = names.slice(-limit).toReversed();
    return Promise.all(newest.map((name) => this.read(name)));
  }

  /** @throws NotFoundError when there is no such mail. */
  async read(name: string): Promise<KeptMail> {
    if (!NAME.test(name)) throw new NotFoundError('mail');
    try {
      return { name, ...readMail(await readFile(join(this.directory, name), 'latin1')) };
    } catch (error) {
      throw hasCode(error, 'ENOENT') ? new NotFoundError('mail') : error;
    }
  }

  private async names(): Promise<string[]> {
    try {
      return await readdir(this.directory);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    }
  }
}

function nameOf(mail: Mail): string {
  return `${mail.createdAt.toISOString().replaceAll(/[-:.]/g, '')}-${mail.id}.eml`;
}
