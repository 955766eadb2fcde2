import { escapeHtml as escape } from '../common/html';
import type { KeptMail } from './mail-folder';

/** The kept mails as a page of HTML; everything in them is escaped. */
export function mailListPage(mails: KeptMail[]): string {
  const rows = mails.map(
    ({ name, date, to, subject }) =>
      `<tr><td>${escape(date)}<td>${escape(to)}<td><a href="/dev/mail/${escape(name)}">${escape(subject)}</a>`,
  );
  const list = rows.length === 0 ? '<p>None yet.' : `<table><tr><th>Date<th>To<th>Subject${rows.join('')}</table>`;
  return page('Mails that were not sent', `<p>No mail server is set (SMTP_URL), so mails are kept here.${list}`);
}

export function mailPage({ subject, to, date, text }: KeptMail): string {
  return page(
    subject,
    `<p>To ${escape(to)}, ${escape(date)}<pre>${linked(escape(text))}</pre><p><a href="/dev/mail">All mails</a>`,
  );
}

function page(title: string, body: string): string {
  const style =
    'body{font-family:sans-serif;margin:2rem}td,th{text-align:left;padding:.2rem 1rem .2rem 0}pre{white-space:pre-wrap}';
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(title)}</title><style>${style}</style><h1>${escape(title)}</h1>${body}</html>`;
}

/** Makes the addresses in escaped text clickable. */
function linked(escaped: string): string {
  return escaped.replaceAll(
    /\bhttps?:\/\/(?:(?!&(?:lt|gt|quot|#39);)\S)+/g,
    (url) => `<a href="${url}" rel="noreferrer">${url}</a>`,
  );
}
