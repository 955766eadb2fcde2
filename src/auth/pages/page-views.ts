import { html } from '../../common/html';
import { htmlPage } from '../../common/html-page';
import { RESET_PASSWORD_PAGE, VERIFY_EMAIL_PAGE } from './page-paths';

/** A page and its status. */
export interface PageAnswer {
  status: number;
  page: string;
}

const answer = (status: number, page: string): PageAnswer => ({ status, page });

/** A button, since programs that look through mails open links, and press none. */
export function verifyEmailForm(token: string, email: string): PageAnswer {
  const form = html`<p>Is <strong>${email}</strong> your e-mail address?</p>
    <form method="post" action="${VERIFY_EMAIL_PAGE}">
      <input type="hidden" name="token" value="${token}" />
      <button type="submit">Yes, verify it</button>
    </form>`;
  return answer(200, htmlPage('Verify your e-mail address', form));
}

export function emailVerified(): PageAnswer {
  return answer(200, htmlPage('Your address is verified', html`<p>You can close this page.</p>`));
}

export function verificationLinkInvalid(): PageAnswer {
  const text = html`<p>It was used already, has expired after 24 hours, or a newer mail has replaced it.</p>
    <p>If your address is not verified yet, sign in where you use Commonplace and ask for the mail again.</p>`;
  return answer(400, htmlPage('This link can no longer be used', text));
}

export function emailTaken(): PageAnswer {
  const text = html`<p>Another account has this address by now, so yours keeps the one it has.</p>
    <p>Sign in with the account of this address, or change yours to a different one.</p>`;
  return answer(409, htmlPage('This address has an account', text));
}

/** @param fault What was wrong with the password that was sent, as the end of "The password …". */
export function resetPasswordForm(token: string, fault?: string): PageAnswer {
  const error = fault === undefined ? null : html`<p class="error" id="error" role="alert">The password ${fault}.</p>`;
  const field =
    fault === undefined
      ? html`<input ${FIELD} aria-describedby="hint" />`
      : html`<input ${FIELD} aria-describedby="error hint" aria-invalid="true" autofocus />`;
  const form = html`<form method="post" action="${RESET_PASSWORD_PAGE}">
    <input type="hidden" name="token" value="${token}" />
    <label for="password">New password</label>
    ${error} ${field}
    <p class="muted" id="hint">
      12 to 128 characters, such as a few random words. You will be signed out everywhere.
    </p>
    <button type="submit">Set the password</button>
  </form>`;
  const title = fault === undefined ? 'Set a new password' : 'Choose another password';
  return answer(fault === undefined ? 200 : 400, htmlPage(title, form));
}

/** Not `minlength`: the server counts characters in another way than browsers, and says what is wrong. */
const FIELD = html`id="password" name="password" type="password" autocomplete="new-password" required`;

export function passwordSet(): PageAnswer {
  const text = html`<p>You are signed out everywhere. Sign in with the new password where you use Commonplace.</p>`;
  return answer(200, htmlPage('Your password is set', text));
}

export function resetLinkInvalid(): PageAnswer {
  const text = html`<p>It was used already, has expired after 30 minutes, or a newer mail has replaced it.</p>
    <p>Choose “Forgot password” where you sign in to get a new one.</p>`;
  return answer(400, htmlPage('This link can no longer be used', text));
}

export function signedIn(code: string): PageAnswer {
  const text = html`<p>Copy this code to where you want to sign in. It works once, for a minute.</p>
    <p><code>${code}</code></p>
    <p class="muted">Give it to nobody else: whoever has it is signed in as you.</p>`;
  return answer(200, htmlPage('Almost signed in', text));
}
