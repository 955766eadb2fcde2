import { codePointLength } from '../../common/text';
import { fitNotebookName } from '../../notes/notebooks/notebook-places';
import { tagKey } from '../../notes/tag-name';
import { cleanLine, cutCodePoints, stripControls } from './clean-text';
import { ImportedNote, ImportEntry, ImportLimits } from './import-entry';

const MAX_TITLE = 500;
const MAX_TAG = 100;
const MAX_URL = 2048;
const SHOWN_URL = 80;

/**
 * Makes one entry of what a reader found: cleans title, tags, folders and address, and refuses what cannot be kept. What does not
 * fit into its field is not lost but stays in the body: the full title above it, tags beyond the limit below it.
 */
export function buildNote(found: ImportedNote, limits: ImportLimits): ImportEntry {
  const refuse = (detail: string): ImportEntry => ({ problem: { file: found.file, line: found.line, detail } });

  const url = found.url === null ? null : stripControls(found.url.replace(/[\n\t]/g, '')).trim();
  const badUrl = url === null ? null : urlFault(url);
  if (badUrl !== null) return refuse(badUrl);

  const { title, cut } = fitTitle(found.title);
  const tags = cleanTags(found.tags);
  const body = [
    cut && !found.body?.includes(cut) ? cut : null,
    found.body?.trim() ? found.body : null,
    tags.length > limits.maxTags ? `Tags: ${tags.slice(limits.maxTags).join(', ')}` : null,
  ].filter((part) => part !== null);
  const text = body.join('\n\n');
  const size = Buffer.byteLength(text);
  if (size > limits.maxNoteBytes) return refuse(tooLarge(size, limits));

  return {
    note: {
      ...found,
      title,
      body: text || null,
      url,
      tags: tags.slice(0, limits.maxTags),
      folders: cleanFolders(found.folders),
    },
  };
}

export function tooLarge(bytes: number, limits: ImportLimits): string {
  return `the text is larger than a note may be: ${bytes} bytes, at most ${limits.maxNoteBytes}`;
}

/** Says why an address cannot be kept; null when it can. */
function urlFault(url: string): string | null {
  const shown = cutCodePoints(url, SHOWN_URL) + (url.length > SHOWN_URL ? '…' : '');
  if (url === '') return 'the link has no address';
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase();
  if (scheme && !['http', 'https'].includes(scheme)) return `only http and https addresses are kept: ${shown}`;
  if (!/^https?:\/\//i.test(url) || !isUrl(url)) return `not a complete web address: ${shown}`;
  return codePointLength(url) > MAX_URL ? `the address is longer than ${MAX_URL} characters: ${shown}` : null;
}

/** Not `URL.canParse()`: once it is optimised, that of Node 20 answers false for hosts such as `müller.example`. */
function isUrl(url: string): boolean {
  try {
    return Boolean(new URL(url));
  } catch {
    return false;
  }
}

function fitTitle(found: string | null): { title: string | null; cut: string | null } {
  const title = found === null ? null : cleanLine(found);
  if (title === null || codePointLength(title) <= MAX_TITLE) return { title, cut: null };
  return { title: `${cutCodePoints(title, MAX_TITLE - 1)}…`, cut: title };
}

/** One line each, without commas (they separate tags), the first spelling of each kept. */
function cleanTags(found: string[]): string[] {
  const tags = new Map<string, string>();
  for (const text of found) {
    const { tag, key } = cleanTag(text);
    if (key !== '' && !tags.has(key)) tags.set(key, tag);
  }
  return [...tags.values()];
}

/** One line each; folders without a name do not count. */
function cleanFolders(found: string[]): string[] {
  return found.map(cleanFolder).filter((name) => name !== null);
}

const MAX_REMEMBERED = 1000;

const cleanFolder = remembered(fitNotebookName);

const cleanTag = remembered((text) => {
  const tag = cutTag(cleanLine(text.replaceAll(',', ' ')) ?? '');
  return { tag, key: tagKey(tag) };
});

/** Keeps what was cleaned lately: thousands of bookmarks have the same tags and folders, and the key costs most of reading one. */
function remembered<T>(clean: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const result = clean(text);
    if (known.size >= MAX_REMEMBERED) known.clear();
    known.set(text, result);
    return result;
  };
}

/** The key, by which tags are compared, has the same limit, and may be longer than the tag: U+FDFA is 18 letters. */
function cutTag(name: string): string {
  let tag = cutCodePoints(name, MAX_TAG).trimEnd();
  while (codePointLength(tagKey(tag)) > MAX_TAG) tag = cutCodePoints(tag, codePointLength(tag) - 1).trimEnd();
  return tag;
}
