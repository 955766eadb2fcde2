import { html } from './html';
import { htmlPage } from './html-page';
import type { ProblemError } from './problem';

/** Below these paths are pages for people: what goes wrong there is said as a page. */
const PAGES = ['/account/', '/s/'];

/** What people read instead of words that are for programs; what is not listed is a fault of the link or of the form. */
const WORDS: Record<number, [title: string, text: string]> = {
  404: ['There is no such page', 'Look at the address again: the link may have been cut off, or be good no longer.'],
  405: ['There is no such page', 'Look at the address again: the link may have been cut off.'],
  408: ['That took too long', 'What you sent did not arrive in time. Go back and try again.'],
  429: ['Too many attempts', 'Wait a minute, then go back and try again.'],
  500: ['Something went wrong here', 'It is not your fault, and it has been noted. Try again later.'],
  503: ['Not available right now', 'Go back and try again in a moment.'],
};

const OTHER: [title: string, text: string] = [
  'This cannot be used',
  'The link or the form is not complete. Open the link in the mail again, or ask for a new one.',
];

export function isPageForPeople(path: string): boolean {
  return PAGES.some((start) => path.startsWith(start));
}

/** A problem as a page; the request id helps whoever looks for it in the logs. */
export function problemPage(problem: ProblemError, requestId: string): string {
  const [title, text] = WORDS[problem.status] ?? OTHER;
  return htmlPage(
    title,
    html`<p>${text}</p>
      <p class="muted">${`${problem.status} · ${requestId}`}</p>`,
  );
}
