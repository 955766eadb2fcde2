import { renderMail } from '../../mail/mail-template';

type Content = ReturnType<typeof renderMail>;

export function verificationMail(url: string): Content {
  return renderMail({
    subject: 'Verify your e-mail address',
    paragraphs: ['Please verify that this is the e-mail address of your account at Commonplace.'],
    action: { label: 'Verify the address', url },
    footnote: 'The link works once and for 24 hours. If you have not made an account, do nothing.',
  });
}

/** For the new address. */
export function changeMail(url: string): Content {
  return renderMail({
    subject: 'Verify your new e-mail address',
    paragraphs: [
      'Somebody, hopefully you, wants to use this address for an account at Commonplace instead of the present one.',
    ],
    action: { label: 'Use this address', url },
    footnote: 'The link works once and for 24 hours. If it was not you, do nothing.',
  });
}

/** For the new address, when it has an account already: only who can read its mail is told. */
export function takenMail(): Content {
  return renderMail({
    subject: 'This address already has an account',
    paragraphs: [
      'Somebody, hopefully you, wanted to use this address for another account at Commonplace. That is not possible, since it already has one.',
      'If it was you, sign in with this address; if you have forgotten the password, ask for a new one there. If it was not you, do nothing.',
    ],
  });
}

/** For the old address, when a change was asked for. */
export function changeRequestedMail(newAddress: string): Content {
  return renderMail({
    subject: 'Your e-mail address is to be changed',
    paragraphs: [
      `Somebody, hopefully you, asked to use the address ${newAddress} for your account at Commonplace instead of this one. It is used once a link that was sent there is opened.`,
      'If it was not you, change your password now: that voids the link.',
    ],
  });
}

/** For the old address, when it was changed. */
export function changedMail(newAddress: string): Content {
  return renderMail({
    subject: 'Your e-mail address was changed',
    paragraphs: [
      `Your account at Commonplace now has the address ${newAddress}. Mails about the account no longer go to this one.`,
      'If it was not you, write to whoever runs this server at once.',
    ],
  });
}
