import { parentPort } from 'node:worker_threads';
import { escapeHtml } from '../../common/html';
import { renderMarkdown } from './render-markdown';

/** What the thread says of a text: first how it looks as it was typed, then as it is meant. */
export type MarkdownMessage = { plain: string } | { rendered: string } | { failed: true };

const say = (message: MarkdownMessage): void => parentPort?.postMessage(message, []);

parentPort?.on('message', (text: string) => {
  // Escaping a MiB takes long enough to be done here, too. The line break is none of the text's: HTML drops the first one.
  say({ plain: `<pre>\n${escapeHtml(text)}</pre>` });
  try {
    say({ rendered: renderMarkdown(text) });
  } catch {
    say({ failed: true });
  }
});
