import { isMap, isScalar, Pair, parseDocument } from 'yaml';
import { parseDate } from './dates';

export interface FrontMatter {
  title: string | null;
  tags: string[];
  createdAt: Date | null;
  updatedAt: Date | null;
  url: string | null;
  pinned: boolean;
  archived: boolean;
}

/** Larger is no front matter: it bounds the work of the YAML parser. */
const MAX_LENGTH = 16_384;
const MAX_ALIASES = 100;

const KEYS = {
  title: ['title'],
  tags: ['tags', 'tag', 'categories', 'category'],
  createdAt: ['created', 'createdat', 'datecreated', 'date'],
  updatedAt: ['updated', 'updatedat', 'modified', 'lastmod', 'lastmodified', 'datemodified'],
  url: ['url', 'source', 'link'],
  pinned: ['pinned', 'favorite', 'favourite'],
  archived: ['archived'],
};

/**
 * Splits a Markdown text (LF line ends) into its YAML front matter and the rest; one blank line between them belongs to
 * neither. Without front matter, or with one that is no valid YAML mapping, the whole text is the body: nothing is lost.
 */
export function splitFrontMatter(text: string): { fields: FrontMatter | null; body: string } {
  const whole = { fields: null, body: text };
  const open = /^---[ \t]*(?=\n)/.exec(text);
  if (!open) return whole;
  const close = /\n(?:---|\.\.\.)[ \t]*(?=\n|$)/g;
  close.lastIndex = open[0].length;
  const end = close.exec(text);
  if (!end || end.index > MAX_LENGTH) return whole;
  const values = parseYaml(text.slice(open[0].length, end.index));
  return values ? { fields: readFields(values), body: text.slice(close.lastIndex).replace(/^\n{1,2}/, '') } : whole;
}

type Values = Map<string, unknown>;

/**
 * The values by key, in lower case and without blanks, `_` and `-`. Every scalar stays the text that was written (the
 * failsafe schema): no version 1.10 becomes 1.1, and no tag runs code. Null when this is no YAML mapping.
 */
function parseYaml(source: string): Values | null {
  if (source.trim() === '') return new Map();
  try {
    const document = parseDocument(source, { schema: 'failsafe', stringKeys: true, prettyErrors: false });
    if (document.errors.length > 0 || !isMap(document.contents)) return null;
    const plain: object = document.toJS({ maxAliasCount: MAX_ALIASES });
    const values: Values = new Map(Object.entries(plain).map(([key, value]) => [plainKey(key), value]));
    for (const pair of document.contents.items) addCommentedTags(values, pair);
    return values;
  } catch {
    return null;
  }
}

function plainKey(key: string): string {
  return key.toLowerCase().replace(/[\s_-]/g, '');
}

/** `tags: #one #two` is what people write, though to YAML it is a comment. */
function addCommentedTags(values: Values, { key, value }: Pair): void {
  if (!isScalar(key) || !isScalar(value) || value.value !== '' || !/^\S/.test(value.comment ?? '')) return;
  values.set(plainKey(String(key.value)), `#${value.comment}`);
}

function readFields(values: Values): FrontMatter {
  const texts = (keys: string[]): string[] => keys.flatMap((key) => textsOf(values.get(key)));
  const date = (keys: string[]): Date | null =>
    texts(keys)
      .map(parseDate)
      .find((found) => found !== null) ?? null;
  const flag = (keys: string[]): boolean => texts(keys).some((text) => /^(true|yes|on|1)$/i.test(text));
  return {
    title: texts(KEYS.title)[0] ?? null,
    tags: KEYS.tags.flatMap((key) => tagsOf(values.get(key))),
    createdAt: date(KEYS.createdAt),
    updatedAt: date(KEYS.updatedAt),
    url: texts(KEYS.url).find((text) => /^https?:\/\//i.test(text)) ?? null,
    pinned: flag(KEYS.pinned),
    archived: flag(KEYS.archived),
  };
}

function textsOf(value: unknown): string[] {
  const texts = (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
  return texts.map((text) => text.trim()).filter((text) => !['', '~', 'null'].includes(text));
}

/** A list has one tag an item; a text is split at commas, or at blanks when it has no comma. */
function tagsOf(value: unknown): string[] {
  const tags = typeof value === 'string' ? value.split(value.includes(',') ? ',' : /\s+/) : textsOf(value);
  return textsOf(tags).map((tag) => tag.replace(/^#+/, ''));
}
