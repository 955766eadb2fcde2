import { renderMail } from '../../mail/mail-template';

type Content = ReturnType<typeof renderMail>;

export function resetMail(url: string): Content {
  return renderMail({
    subject: 'Set a new password',
    paragraphs: ['Somebody, hopefully you, asked for a new password for your account at Commonplace.'],
    action: { label: 'Set a new password', url },
    footnote: 'The link works once and for 30 minutes. If it was not you, do nothing: your password stays as it is.',
  });
}

export function passwordChangedMail(): Content {
  return renderMail({
    subject: 'Your password was changed',
    paragraphs: [
      'The password of your account at Commonplace was changed, and all other devices were signed out.',
      'If it was not you, ask for a new password where you sign in, at once, and then look at the sessions and the activity of your account.',
    ],
  });
}

export function passwordResetMail(): Content {
  return renderMail({
    subject: 'Your password was set anew',
    paragraphs: [
      'A new password was set for your account at Commonplace with a link that was sent to this address. All devices were signed out.',
      'If it was not you, somebody else can read your mail: secure your mailbox first, then ask for a new password where you sign in.',
    ],
  });
}
