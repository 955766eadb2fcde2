import { codePointLength, isStorableText, textProblem, utf8Length } from '../common/text';
import { parseBookmarkUrl } from '../notes/bookmark-url';
import { canonicalLanguage } from '../notes/languages/language-subtag';
import type { NoteRow } from '../notes/note-row';
import { MAX_DEPTH, notebookNameProblem } from '../notes/notebooks/notebook-name';
import { tagNameProblem } from '../notes/tag-name';
import { parseDate } from './readers/dates';
import type { ImportedNote, ImportLimits } from './readers/import-entry';

/** Says that the front matter is ours, and so is complete: no title means that the note has none, and the folder of the file is no notebook. */
const MARK = 'commonplace: 1';

const OWN = /^---\ncommonplace: 1\n((?:\w+: [^\n]*\n)*)---\n\n/;

const MAX_TITLE = 500;

/**
 * A note as Markdown with YAML front matter, from which `readOwnMarkdown` makes the same note again, and of which other programs understand most.
 * Texts are written as JSON, which is YAML, too.
 * @param notebooks names of the notebooks on the way to its own, from the outside in
 */
export function writeOwnMarkdown(note: NoteRow, notebooks: readonly string[]): string {
  const lines = [
    MARK,
    ...(note.title === null ? [] : [`title: ${JSON.stringify(note.title)}`]),
    ...(note.url === null ? [] : [`url: ${JSON.stringify(note.url)}`]),
    ...(note.tags.length === 0 ? [] : [`tags: ${JSON.stringify(note.tags)}`]),
    ...(notebooks.length === 0 ? [] : [`notebook: ${JSON.stringify(notebooks)}`]),
    ...(note.pinned ? ['pinned: true'] : []),
    ...(note.language_set ? [`language: ${JSON.stringify(note.language)}`] : []),
    ...(note.archived_at === null ? [] : ['archived: true', `archivedAt: ${note.archived_at.toISOString()}`]),
    `created: ${note.created_at.toISOString()}`,
    `updated: ${note.updated_at.toISOString()}`,
  ];
  return `---\n${lines.join('\n')}\n---\n\n${note.body ?? ''}`;
}

/** The note in a text that `writeOwnMarkdown` wrote, exactly; null for every other text, and for one that was changed into what no note can be. */
export function readOwnMarkdown(text: string, file: string, limits: ImportLimits): ImportedNote | null {
  const head = OWN.exec(text);
  if (head === null) return null;
  try {
    const note = noteIn(head[1] ?? '', text.slice(head[0].length), file);
    return isWhole(note, limits) ? note : null;
  } catch {
    return null;
  }
}

/** @throws Error for values that are no JSON. */
function noteIn(lines: string, body: string, file: string): ImportedNote {
  const values = new Map<string, string>();
  for (const line of lines.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) values.set(line.slice(0, colon), line.slice(colon + 2));
  }
  const time = (key: string): Date | null => parseDate(values.get(key) ?? '');
  const archivedAt = time('archivedAt');
  const language = textIn(values.get('language'));
  return {
    title: textIn(values.get('title')),
    body: body || null,
    url: textIn(values.get('url')),
    tags: textsIn(values.get('tags')),
    folders: textsIn(values.get('notebook')),
    createdAt: time('created'),
    updatedAt: time('updated'),
    pinned: values.get('pinned') === 'true',
    ...(language !== null && { language }),
    archived: archivedAt !== null,
    ...(archivedAt !== null && { archivedAt }),
    file,
    line: null,
  };
}

function isWhole(
  { title, body, url, tags, folders, createdAt, updatedAt, language }: ImportedNote,
  limits: ImportLimits,
): boolean {
  const rules = { maxCodePoints: MAX_TITLE, multiline: false };
  return (
    (title ?? body ?? url) !== null &&
    (title === null || (textProblem(title, rules) === null && title.trim() === title && title !== '')) &&
    (body === null || (isStorableText(body) && utf8Length(body) <= limits.maxNoteBytes)) &&
    (url === null || (codePointLength(url) <= 2_048 && !('problem' in parseBookmarkUrl(url)))) &&
    tags.length <= limits.maxTags &&
    tags.every((tag) => tagNameProblem(tag) === null) &&
    folders.length <= MAX_DEPTH &&
    folders.every((name) => notebookNameProblem(name) === null) &&
    (language === undefined || canonicalLanguage(language) === language) &&
    createdAt !== null &&
    updatedAt !== null
  );
}

/** @throws Error for what is no text in JSON. */
function textIn(json = 'null'): string | null {
  const value: unknown = JSON.parse(json);
  if (value !== null && typeof value !== 'string') throw new TypeError('This is no text');
  return value;
}

/** @throws Error for what is no list of texts in JSON. */
function textsIn(json = '[]'): string[] {
  const values: unknown = JSON.parse(json);
  if (!Array.isArray(values)) throw new TypeError('This is no list');
  return values.map((value) => textIn(JSON.stringify(value)) ?? '');
}
