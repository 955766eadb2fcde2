import { renderMail } from '../../mail/mail-template';

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** Tells the owner of an account that it is to be deleted, and how to keep it. */
export function deletionMail(publicUrl: string, deleteAfter: Date): ReturnType<typeof renderMail> {
  return renderMail({
    subject: 'Your account will be deleted',
    paragraphs: [
      `Somebody who is signed in to your account on ${publicUrl} asked for it to be deleted.`,
      `On ${DATE.format(deleteAfter)} UTC the account goes, with all notes, files and settings. After that nobody can bring them back.`,
      'To keep the account, sign in before then and choose to keep it (POST /api/v1/users/me/keep).',
    ],
    footnote:
      'If it was not you: sign in, keep the account, and change your password. All other devices were signed out already.',
  });
}

/** Tells the owner that the account goes now: for servers that give no time to think again. */
export function deletedMail(publicUrl: string): ReturnType<typeof renderMail> {
  return renderMail({
    subject: 'Your account is deleted',
    paragraphs: [
      `Somebody who was signed in to your account on ${publicUrl} asked for it to be deleted.`,
      'The account goes now, with all notes, files and settings. Nobody can bring them back.',
    ],
  });
}
