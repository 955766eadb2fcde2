import { html } from '../common/html';

export interface MailContent {
  subject: string;
  /** Plain text, each a paragraph. */
  paragraphs: string[];
  /** The one thing that can be done. */
  action?: { label: string; url: string };
  /** What to know about it, below. */
  footnote?: string;
}

/** The text and the HTML of a mail, which say the same. */
export function renderMail({ subject, paragraphs, action, footnote }: MailContent): {
  subject: string;
  text: string;
  html: string;
} {
  const parts = [
    ...paragraphs,
    ...(action ? [`${action.label}:\n${action.url}`] : []),
    ...(footnote ? [footnote] : []),
  ];
  const page = html`<html lang="en">
    <body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif;color:#1b1b1f;background:#fbfaf8">
      <div
        style="max-width:560px;margin:0 auto;padding:32px;background:#fff;border:1px solid #d9d6d0;border-radius:12px"
      >
        <h1 style="font-size:22px;line-height:1.25;margin:0 0 16px">${subject}</h1>
        ${paragraphs.map((paragraph) => html`<p style="margin:0 0 16px">${paragraph}</p>`)}
        ${
          action &&
          html`<p style="margin:0 0 16px">
              <a
                href="${action.url}"
                style="display:inline-block;padding:10px 20px;border-radius:6px;background:#2d4f9e;color:#fff;text-decoration:none;font-weight:600"
                >${action.label}</a
              >
            </p>
            <p style="margin:0 0 16px;font-size:14px;color:#55555e;word-break:break-all">${action.url}</p>`
        }
        ${footnote && html`<p style="margin:0;font-size:14px;color:#55555e">${footnote}</p>`}
      </div>
    </body>
  </html>`;
  return { subject, text: `${parts.join('\n\n')}\n`, html: `<!doctype html>\n${page.source}` };
}
