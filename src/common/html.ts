const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** HTML that is safe to send: made by the tag `html`, which escapes what is put into it. */
export class Html {
  constructor(readonly source: string) {}
}

type Part = Html | string | number | null | undefined | readonly Part[];

/** HTML from a template literal. Texts are escaped, pieces of `Html` and lists of them are not, null and undefined are nothing. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.reduce((source, text, at) => source + sourceOf(parts[at - 1]) + text));
}

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function sourceOf(part: Part): string {
  if (part === null || part === undefined) return '';
  if (part instanceof Html) return part.source;
  if (typeof part === 'object') return part.map(sourceOf).join('');
  return escapeHtml(String(part));
}
