import type { SendMailOptions } from 'nodemailer';
import type { Mail } from './mail.entity';

/**
 * The message that a mail is. Every attempt makes the same one: the same Message-ID (RFC 5322, 3.6.4) and date, so that a mail that is sent twice after a crash can be recognised.
 */
export function messageOf(mail: Mail, from: string): SendMailOptions {
  const host = /@([^\s<>@]+)>?$/.exec(from)?.[1] ?? 'localhost';
  return {
    from,
    to: { name: '', address: mail.recipient },
    subject: mail.subject,
    text: mail.text ?? '',
    html: mail.html ?? undefined,
    date: mail.createdAt,
    messageId: `<${mail.id}@${host}>`,
    // RFC 3834, 5: out-of-office replies and the like are not wanted.
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
