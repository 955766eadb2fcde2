import { isMap, isNode, isScalar, Pair, parseDocument, YAMLMap } from 'yaml';
import { canonicalLanguage } from '../../notes/languages/language-subtag';
import { parseDate } from './dates';

export interface FrontMatter {
  title: string | null;
  tags: string[];
  createdAt: Date | null;
  updatedAt: Date | null;
  url: string | null;
  pinned: boolean;
  archived: boolean;
  language: string | null;
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
  language: ['language', 'lang'],
};

export interface SplitText {
  fields: FrontMatter | null;
  /** The lines of the front matter that no field holds (`aliases`, a date that is none …), as written; empty without. */
  kept: string;
  body: string;
}

/**
 * Splits a Markdown text (LF line ends) into its YAML front matter and the rest; one blank line between them belongs to
 * neither. Without front matter, or with one that is no valid YAML mapping, the whole text is the body: nothing is lost.
 */
export function splitFrontMatter(text: string): SplitText {
  const whole = { fields: null, kept: '', body: text };
  const open = /^---[ \t]*(?=\n)/.exec(text);
  if (!open) return whole;
  const close = /\n(?:---|\.\.\.)[ \t]*(?=\n|$)/g;
  close.lastIndex = open[0].length;
  const end = close.exec(text);
  if (!end || end.index > MAX_LENGTH) return whole;
  const source = text.slice(open[0].length, end.index);
  const parsed = parseYaml(source);
  if (parsed === null) return whole;
  const fields = readFields(parsed.values);
  const body = text.slice(close.lastIndex).replace(/^\n{1,2}/, '');
  return { fields, kept: unusedLines(source, parsed, fields), body };
}

type Values = Map<string, unknown>;

interface ParsedYaml {
  values: Values;
  mapping: YAMLMap | null;
}

/**
 * The values by key, in lower case and without blanks, `_` and `-`. Every scalar stays the text that was written (the
 * failsafe schema): no version 1.10 becomes 1.1, and no tag runs code. Null when this is no YAML mapping.
 */
function parseYaml(source: string): ParsedYaml | null {
  if (source.trim() === '') return { values: new Map(), mapping: null };
  try {
    const document = parseDocument(source, { schema: 'failsafe', stringKeys: true, prettyErrors: false });
    if (document.errors.length > 0 || !isMap(document.contents)) return null;
    const plain: object = document.toJS({ maxAliasCount: MAX_ALIASES });
    const values: Values = new Map(Object.entries(plain).map(([key, value]) => [plainKey(key), value]));
    for (const pair of document.contents.items) addCommentedTags(values, pair);
    return { values, mapping: document.contents };
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
    language: canonicalLanguage(texts(KEYS.language)[0] ?? ''),
  };
}

/** The entries that say something which no field of the note holds. A mapping in braces is kept whole: it has no lines to choose from. */
function unusedLines(source: string, { values, mapping }: ParsedYaml, fields: FrontMatter): string {
  const entries = mapping?.items ?? [];
  const unused = entries.map(({ key }) => !isUsed(plainKey(String(isScalar(key) ? key.value : key)), values, fields));
  if (!unused.includes(true)) return '';
  if (mapping?.flow === true) return source.trim();
  const starts = entries.map(({ key }) => (isNode(key) ? (key.range?.[0] ?? 0) : 0));
  const lines = entries.map((_, index) => source.slice(starts[index], starts[index + 1]).trimEnd());
  return lines.filter((_, index) => unused[index]).join('\n');
}

function isUsed(key: string, values: Values, fields: FrontMatter): boolean {
  const texts = textsOf(values.get(key));
  if (texts.length === 0 && !isStructured(values.get(key))) return true;
  if (KEYS.createdAt.includes(key)) return isTime(texts, fields.createdAt);
  if (KEYS.updatedAt.includes(key)) return isTime(texts, fields.updatedAt);
  if (KEYS.title.includes(key)) return texts[0] === fields.title;
  if (KEYS.url.includes(key)) return texts[0] === fields.url;
  if (KEYS.language.includes(key))
    return fields.language !== null && canonicalLanguage(texts[0] ?? '') === fields.language;
  return [KEYS.tags, KEYS.pinned, KEYS.archived].some((keys) => keys.includes(key));
}

function isTime(texts: string[], time: Date | null): boolean {
  return time !== null && texts.every((text) => parseDate(text)?.getTime() === time.getTime());
}

function isStructured(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
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
