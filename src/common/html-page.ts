import { createHash } from 'node:crypto';
import { applyDecorators, Header } from '@nestjs/common';
import { Html, html } from './html';

const STYLE = `
:root{color-scheme:light dark;--text:#1b1b1f;--muted:#55555e;--back:#fbfaf8;--card:#fff;--line:#d9d6d0;--link:#2d4f9e;--error:#a3261d}
@media(prefers-color-scheme:dark){:root{--text:#ececf1;--muted:#a9a9b3;--back:#17171a;--card:#212126;--line:#3b3b42;--link:#9db8ff;--error:#ff9a8f}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--back);color:var(--text);font:1rem/1.5 system-ui,sans-serif}
main{width:100%;max-width:28rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:2rem}
h1{font-size:1.4rem;line-height:1.25;margin:0 0 1rem}
p{margin:0 0 1rem;overflow-wrap:anywhere}main>:last-child{margin-bottom:0}a{color:var(--link)}
label{display:block;font-weight:600;margin:0 0 .25rem}
input{width:100%;font:inherit;color:inherit;background:var(--back);border:1px solid var(--muted);border-radius:.4rem;padding:.6rem .75rem;margin:0 0 1rem}
button,.button{display:inline-block;font:inherit;font-weight:600;color:var(--card);background:var(--link);border:0;border-radius:.4rem;padding:.65rem 1.25rem;text-decoration:none;cursor:pointer}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.muted{color:var(--muted);font-size:.9rem}.error{color:var(--error);font-weight:600}
code{font:.95rem/1.4 ui-monospace,monospace;overflow-wrap:anywhere;user-select:all}
main.wide{max-width:46rem;align-self:start}
.wide h1,.wide article{overflow-wrap:anywhere}.wide .address{margin-bottom:1.5rem}.wide code{user-select:auto}
article{margin:0 -.5rem 2rem;padding:0 .5rem;overflow-x:auto}article>:first-child{margin-top:0}
article :is(h2,h3,h4,h5,h6){line-height:1.25;margin:1.75rem 0 .75rem}
article h2{font-size:1.25rem}article h3{font-size:1.1rem}article :is(h4,h5,h6){font-size:1rem}
article :is(ul,ol){margin:0 0 1rem;padding-inline-start:1.5rem}article li>p{margin:0 0 .5rem}
article blockquote{margin:0 0 1rem;padding-inline-start:1rem;border-inline-start:3px solid var(--line);color:var(--muted)}
article pre{margin:0 0 1rem;padding:.75rem 1rem;white-space:pre-wrap;font:.9rem/1.5 ui-monospace,monospace;background:var(--back);border:1px solid var(--line);border-radius:.4rem}
article hr{border:0;border-top:1px solid var(--line);margin:1.75rem 0}
article table{width:100%;margin:0 0 1rem;border-collapse:collapse}
article :is(th,td){padding:.35rem .6rem;border:1px solid var(--line);text-align:start;vertical-align:top}
article th{overflow-wrap:break-word}
@media(max-width:30rem){body{padding:.75rem}main{padding:1.25rem}}
`;

/** Not escaped: the hash in the policy is that of this text. */
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

const WIDE = html`class="wide"`;

/** The pages have no scripts, load nothing, and show no frame; forms go to this server. */
const CONTENT_SECURITY_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** The headers of a page that may be about somebody's account: never kept, never the referrer of another page. */
export const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Robots-Tag': 'noindex',
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
};

/** Gives the answers of a route these headers. */
export const HtmlPage = (): MethodDecorator =>
  applyDecorators(...Object.entries(PAGE_HEADERS).map(([name, value]) => Header(name, value)));

/**
 * A whole page for people: readable on a phone, light and dark, without scripts. Send it from a route that is an `@HtmlPage()`.
 * @param isWide for long texts rather than a few words and a form.
 */
export function htmlPage(title: string, body: Html, { isWide = false } = {}): string {
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="robots" content="noindex" />
      <title>${title} · Commonplace</title>
      ${STYLE_ELEMENT}
    </head>
    <body>
      <main ${isWide ? WIDE : null}>
        <h1>${title}</h1>
        ${body}
      </main>
    </body>
  </html>`;
  return `<!doctype html>\n${page.source}`;
}
