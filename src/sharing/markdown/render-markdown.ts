import MarkdownIt from 'markdown-it';
import sanitizeHtml from 'sanitize-html';

/** What a link may lead to: nothing that runs (`javascript:`, `data:`), and nothing on this server, where a note has no files beside it. */
const LINK = /^(?:https?:\/\/|mailto:)/i;

const REL = 'noopener noreferrer nofollow';

/** More than any text is by itself; only addresses that are repeated by reference get beyond it. */
const MOST_HTML = 8 * 1_048_576;

const TAGS = 'p br hr h2 h3 h4 h5 h6 blockquote ul ol li pre code em strong s a table thead tbody tr th td';

/** What Markdown needs: no attributes but an address and where a list begins, so that nothing is styled, named or loaded. */
const ALLOWED: sanitizeHtml.IOptions = {
  allowedTags: TAGS.split(' '),
  allowedAttributes: { a: ['href', 'rel'], ol: ['start'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowProtocolRelative: false,
  parseStyleAttributes: false,
  transformTags: { a: sanitizeHtml.simpleTransform('a', { rel: REL }) },
};

/** Of the text that is being written; there is one at a time, since writing is synchronous. */
const progress = {
  /** Within a link, where there can be no other. */
  inLink: false,
  /** Characters of addresses so far. */
  addresses: 0,
};

const markdown = new MarkdownIt({ html: false, linkify: true });
// `example.org` alone may be anything; `https://example.org` is meant.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
markdown.validateLink = (url) => LINK.test(url);

/** The title of the page is above all headings of the text, the highest of which come next, whichever they are. */
markdown.core.ruler.push('lower-headings', ({ tokens }) => {
  const headings = tokens.filter(({ type }) => type === 'heading_open' || type === 'heading_close');
  const highest = headings.reduce((level, { tag }) => Math.min(level, levelOf(tag)), 6);
  for (const token of headings) token.tag = `h${Math.min(6, levelOf(token.tag) + 2 - highest)}`;
});

const levelOf = (tag: string): number => Number(tag.slice(1));

markdown.renderer.rules.link_open = (tokens, at) => {
  progress.inLink = true;
  return linkTo(tokens[at]?.attrGet('href'));
};

markdown.renderer.rules.link_close = () => {
  progress.inLink = false;
  return '</a>';
};

/** A picture would tell whoever keeps it who reads the note, and when: it becomes a link. */
markdown.renderer.rules.image = (tokens, at, options, env, renderer) => {
  const token = tokens[at];
  const described = renderer.renderInlineAsText(token?.children ?? [], options, env).trim();
  const text = markdown.utils.escapeHtml(described === '' ? 'Picture' : described);
  return progress.inLink ? text : `${linkTo(token?.attrGet('src'))}${text}</a>`;
};

/**
 * A note's Markdown (CommonMark with tables, strikethrough and bare addresses) as HTML that is safe to show: raw HTML is text, what is not allowed is dropped
 * once more by a sanitiser, and nothing is loaded. Time and memory are not bounded here: run it in a thread that can be ended.
 * @throws Error when the HTML would be far larger than the text
 */
export function renderMarkdown(text: string): string {
  Object.assign(progress, { inLink: false, addresses: 0 });
  const written = markdown.render(text);
  if (written.length > MOST_HTML) throw new Error('The HTML is too large');
  return sanitizeHtml(written, ALLOWED);
}

/** Addresses are counted as they are written: by reference, a text can repeat one so often that there is no memory for all. */
function linkTo(value: string | number | null | undefined): string {
  const address = String(value ?? '');
  progress.addresses += address.length;
  if (progress.addresses > MOST_HTML) throw new Error('The HTML is too large');
  return `<a href="${markdown.utils.escapeHtml(address)}">`;
}
