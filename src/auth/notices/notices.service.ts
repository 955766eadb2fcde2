import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../common/client';
import { Config } from '../../config/config';
import { renderMail } from '../../mail/mail-template';
import { MailService } from '../../mail/mail.service';
import type { User } from '../../users/user.entity';

export interface Notice {
  subject: string;
  /** What happened, in sentences. */
  what: string;
}

/** Tells the owner of an account by mail what was changed about signing in, so that somebody else's doing does not go unnoticed. */
@Injectable()
export class NoticesService {
  constructor(
    private readonly mails: MailService,
    private readonly config: Config,
  ) {}

  /** In the caller's transaction: what is rolled back is not told. */
  async tell(manager: EntityManager, user: User, client: Client | null, { subject, what }: Notice): Promise<void> {
    const mail = renderMail({
      subject,
      paragraphs: [what, `When: ${new Date().toUTCString()}.${whereFrom(client)}`],
      footnote: `Account: ${user.email}, at ${this.config.publicUrl}. If this was not you, set a new password at once and end all sessions.`,
    });
    await this.mails.send(manager, { to: user.email, userId: user.id, ...mail });
  }
}

function whereFrom(client: Client | null): string {
  const ip = client?.ip ? ` From: ${client.ip}.` : '';
  return client?.userAgent ? `${ip} With: ${client.userAgent}` : ip;
}
