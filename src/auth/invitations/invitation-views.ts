import { type Html, html } from '../../common/html';
import { htmlPage } from '../../common/html-page';
import { INVITATION_PAGE } from '../pages/page-paths';
import type { PageAnswer } from '../pages/page-views';

interface Form {
  token: string;
  email: string;
  name?: string;
  /** What was wrong with what was sent, as the end of "The … ". */
  fault?: { field: 'name' | 'password'; detail: string };
}

export function invitationForm({ token, email, name = '', fault }: Form): PageAnswer {
  const wrong = (field: string): boolean => fault?.field === field;
  const state = (field: string): Html =>
    wrong(field) ? html`aria-describedby="error hint" aria-invalid="true" autofocus` : html`aria-describedby="hint"`;
  const error = fault && html`<p class="error" id="error" role="alert">The ${fault.field} ${fault.detail}.</p>`;
  // `username` lets password managers keep the address with the password.
  const form = html`<form method="post" action="${INVITATION_PAGE}">
    <input type="hidden" name="token" value="${token}" />
    ${error}
    <label for="email">E-mail address</label>
    <input id="email" type="email" autocomplete="username" value="${email}" readonly />
    <label for="name">Name (if you like)</label>
    <input id="name" name="name" autocomplete="name" value="${name}" ${state('name')} />
    <label for="password">Password</label>
    <input id="password" name="password" type="password" autocomplete="new-password" required ${state('password')} />
    <p class="muted" id="hint">The password has 12 to 128 characters, such as a few random words.</p>
    <button type="submit">Make the account</button>
  </form>`;
  return { status: fault === undefined ? 200 : 400, page: htmlPage('You are invited', form) };
}

export function accountMade(): PageAnswer {
  const text = html`<p>Sign in with your e-mail address and the password where you want to use Commonplace.</p>`;
  return { status: 200, page: htmlPage('Your account is made', text) };
}

/** Also when the address got an account another way. */
export function invitationInvalid(): PageAnswer {
  const text = html`<p>The invitation was accepted already, has expired, or was withdrawn or replaced by a newer one.</p>
    <p>If you have no account yet, ask whoever invited you to do it again.</p>`;
  return { status: 400, page: htmlPage('This link can no longer be used', text) };
}
