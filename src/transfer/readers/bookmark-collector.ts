import { buildNote, tooLarge } from './build-note';
import { FolderStack } from './bookmark-folders';
import { cleanText } from './clean-text';
import { parseEpoch } from './dates';
import { ImportEntry, ImportLimits } from './import-entry';
import { TagHandler } from './tag-parser';

interface Draft {
  attributes: Record<string, string>;
  line: number;
  title: string;
  body: string;
}

/** Folders around one bookmark that are looked at. */
const MAX_FOLDERS = 100;

const LINKDING_ARCHIVED = /^linkding:(?:bookmarks\.)?archived$/;

/** Tags that belong to the list, unless they stand in a description. */
const LIST_TAGS = new Set(['ul', 'ol', 'li']);

/**
 * Turns the tags of a bookmarks file into entries. A bookmark begins at `<A>` and lasts until the next bookmark, item,
 * folder or list, since its description (`<DD>`) follows it; what is missing or left over (`<DT>`, `</A>`, `</DL>`) does
 * no harm. Other tags in a title or a description are text.
 */
export class BookmarkCollector implements TagHandler {
  private readonly folders: FolderStack;
  private entries: ImportEntry[] = [];
  private draft: Draft | null = null;
  /** Where text belongs at the moment. */
  private target: 'title' | 'body' | 'folder' | null = null;

  constructor(
    private readonly file: string,
    private readonly limits: ImportLimits,
  ) {
    this.folders = new FolderStack(MAX_FOLDERS);
  }

  /** The entries that are complete since the last call. */
  take(): ImportEntry[] {
    const taken = this.entries;
    this.entries = [];
    return taken;
  }

  onOpen(name: string, attributes: Record<string, string>, line: number): void {
    if (this.target === 'body' && LIST_TAGS.has(name)) return this.onText(sourceOf(name, attributes));
    switch (name) {
      case 'a':
        this.finish();
        this.folders.dropHeading();
        this.draft = { attributes, line, title: '', body: '' };
        this.target = 'title';
        break;
      case 'dd':
        if (this.draft?.body) this.draft.body += '\n\n';
        this.target = this.draft ? 'body' : null;
        break;
      case 'dt':
      case 'li':
      case 'hr':
        this.finish();
        break;
      case 'h1':
      case 'h3':
        this.finish();
        this.folders.beginHeading(name, attributes);
        this.target = 'folder';
        break;
      case 'dl':
      case 'ul':
      case 'ol':
        this.finish();
        this.folders.open(name);
        break;
      case 'br':
        this.onText('\n');
        break;
      case 'p':
        this.onText('\n\n');
        break;
      default:
        this.onText(sourceOf(name, attributes));
    }
  }

  onClose(name: string): void {
    if (this.target === 'body' && LIST_TAGS.has(name)) return this.onText(`</${name}>`);
    switch (name) {
      case 'a':
        if (this.target === 'title') this.target = null;
        break;
      case 'h1':
      case 'h3':
      case 'dt':
      case 'dd':
      case 'li':
        this.target = null;
        break;
      case 'dl':
      case 'ul':
      case 'ol':
        this.finish();
        this.folders.close();
        break;
      case 'body':
      case 'html':
        this.finish();
        break;
      case 'p':
        this.onText('\n\n');
        break;
      default:
        this.onText(`</${name}>`);
    }
  }

  onText(text: string): void {
    if (this.target === 'folder') this.folders.addToHeading(text);
    // Beyond the limit the bookmark is refused, so there is no need to keep more of it.
    else if (this.target && this.draft && this.draft[this.target].length <= this.limits.maxNoteBytes) {
      this.draft[this.target] += text;
    }
  }

  /** Completes the bookmark that is being read: nothing belongs to it any more. */
  finish(): void {
    if (this.draft) this.entries.push(this.entryOf(this.draft));
    this.draft = null;
    this.target = null;
  }

  private entryOf({ attributes, line, title, body }: Draft): ImportEntry {
    const size = Math.max(title.length, body.length);
    if (size > this.limits.maxNoteBytes) {
      return { problem: { file: this.file, line, detail: tooLarge(size, this.limits) } };
    }
    const tags = (attributes.tags ?? '').split(',');
    return buildNote(
      {
        title,
        body: descriptionOf(body),
        url: attributes.href ?? '',
        tags: tags.filter((tag) => !LINKDING_ARCHIVED.test(tag)),
        folders: this.folders.names,
        createdAt: parseEpoch(attributes.add_date ?? attributes.time_added),
        updatedAt: parseEpoch(attributes.last_modified),
        pinned: attributes['data-important'] === 'true',
        archived: this.folders.archived || tags.some((tag) => LINKDING_ARCHIVED.test(tag)),
        file: this.file,
        line,
      },
      this.limits,
    );
  }
}

/** linkding writes a bookmark's notes into its description, in brackets. */
function descriptionOf(body: string): string {
  return cleanText(body).replace('[linkding-notes]', '\n\n').replace('[/linkding-notes]', '').trim();
}

function sourceOf(name: string, attributes: Record<string, string>): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${value.replaceAll('"', '&quot;')}"`);
  return `<${name}${written.join('')}>`;
}
