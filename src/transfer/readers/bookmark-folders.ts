import { cleanLine } from './clean-text';

interface Folder {
  /** Names of this folder and of those around it, without the roots of browsers and services. */
  names: string[];
  archived: boolean;
}

interface Heading {
  level: 'h1' | 'h3';
  attributes: Record<string, string>;
  text: string;
}

const MAX_HEADING = 10_000;

/** Attributes with which browsers mark a root, whatever its name in the user's language. */
const ROOT_ATTRIBUTES = [
  'personal_toolbar_folder',
  'unfiled_bookmarks_folder',
  'bookmarks_menu',
  'mobile_bookmarks_folder',
  'places_root',
];

/** What Chrome, Firefox, Safari, Edge, Opera, Raindrop and Pocket call the places that are no folders of the user. */
const ROOT_NAMES = new Set([
  'bookmarks',
  'bookmarks bar',
  'bookmarks toolbar',
  'bookmarks menu',
  'bookmark bar',
  'other bookmarks',
  'mobile bookmarks',
  'synced bookmarks',
  'unsorted bookmarks',
  'favorites',
  'favourites',
  'favorites bar',
  'favourites bar',
  'other favorites',
  'other favourites',
  'mobile favorites',
  'mobile favourites',
  'reading list',
  'com.apple.readinglist',
  'unsorted',
  'unread',
  'speed dial',
]);

/** The folders around the current place of a bookmarks file. Those deeper than `maxDepth` do not count. */
export class FolderStack {
  private readonly stack: Folder[] = [];
  private tooDeep = 0;
  private heading: Heading | null = null;

  constructor(private readonly maxDepth: number) {}

  get names(): string[] {
    return this.stack.at(-1)?.names ?? [];
  }

  get archived(): boolean {
    return this.stack.at(-1)?.archived ?? false;
  }

  beginHeading(level: 'h1' | 'h3', attributes: Record<string, string>): void {
    this.heading = { level, attributes, text: '' };
  }

  addToHeading(text: string): void {
    if (this.heading && this.heading.text.length < MAX_HEADING) this.heading.text += text;
  }

  /** A bookmark follows: the heading had no list, and must not name a later one. */
  dropHeading(): void {
    this.heading = null;
  }

  /** A list begins, which the heading before it names. */
  open(list: string): void {
    if (this.stack.length >= this.maxDepth) this.tooDeep += 1;
    else this.stack.push(this.folderOf(list));
    this.heading = null;
  }

  /** A list ends; one end too many is ignored. */
  close(): void {
    if (this.tooDeep > 0) this.tooDeep -= 1;
    else this.stack.pop();
    this.heading = null;
  }

  private folderOf(list: string): Folder {
    const { names, archived } = this;
    const name = this.heading && cleanLine(this.heading.text);
    if (!this.heading || name === null) return { names, archived };
    const { level, attributes } = this.heading;
    if (level === 'h1') return list === 'dl' ? { names, archived } : listOf(name);
    const marked = ROOT_ATTRIBUTES.some((attribute) => attributes[attribute] !== undefined);
    // Further down, a folder called "Favorites" is the user's own.
    const named = names.length === 0 && (isRootName(name) || isRootName(attributes.id ?? ''));
    return { names: marked || named ? names : [...names, name], archived };
  }
}

/** In a bookmarks file H1 is the title of the file; in Pocket's and Instapaper's lists it names a list. */
function listOf(name: string): Folder {
  const archived = /^(?:read )?archive$/i.test(name);
  return { names: archived || isRootName(name) ? [] : [name], archived };
}

function isRootName(name: string): boolean {
  return ROOT_NAMES.has(name.toLowerCase());
}
