import { type Html, html } from '../../common/html';
import { htmlPage } from '../../common/html-page';
import { SHARE_PAGE } from '../share-token';
import type { SharedNoteRow } from '../shares.queries';
import { CHALLENGE } from './share-password.errors';

/** A page, its status, and headers beside those of every page. */
export interface SharePage {
  status: number;
  headers: Record<string, string>;
  page: string;
}

/** @param body safe HTML; null for a note without a text. */
export function sharedNotePage({ title, url, updated_at }: SharedNoteRow, body: Html | null): SharePage {
  const day = updated_at.toISOString().slice(0, 10);
  const address =
    url === null ? null : html`<p class="address"><a href="${url}" rel="noopener noreferrer nofollow">${url}</a></p>`;
  const article = body === null ? null : html`<article lang="" dir="auto">${body}</article>`;
  const content = html`${address} ${article}
    <p class="muted">Shared with Commonplace · last changed on <time datetime="${day}">${day}</time></p>`;
  return { status: 200, headers: {}, page: htmlPage(title ?? url ?? 'A shared note', content, { isWide: true }) };
}

/** The form posts to the page itself: the password is never part of an address. */
export function passwordForm(token: string, isWrong: boolean): SharePage {
  const error = isWrong ? html`<p class="error" id="error" role="alert">The password is wrong.</p>` : null;
  const field = isWrong
    ? html`<input ${FIELD} aria-describedby="error" aria-invalid="true" autofocus />`
    : html`<input ${FIELD} />`;
  const form = html`<p>Whoever shared this note has set a password for it.</p>
    <form method="post" action="${SHARE_PAGE}/${token}">
      <label for="password">Password</label>
      ${error} ${field}
      <button type="submit">Read the note</button>
    </form>`;
  return { status: 401, headers: CHALLENGE, page: htmlPage('A note with a password', form) };
}

const FIELD = html`id="password" name="password" type="password" autocomplete="current-password" maxlength="1000" required`;
