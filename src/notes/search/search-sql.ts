import { SqlParams } from '../../database/sql-params';
import { notebookKey } from '../notebooks/notebook-name';
import { tagKey } from '../tag-name';
import { splitGrams } from './grams';
import { stemmedWord } from './stemmed-words';
import { FilterNode, HasValue, IsValue, SearchNode, TextNode } from './search-node';

/** The text search configuration that `notes.search` is made with: `simple` with `unaccent`. */
export const TEXT_SEARCH_CONFIG = 'commonplace';

export interface SearchSql {
  /** A boolean expression over the alias `n` of `notes`; may be null where it does not hold. */
  predicate: string;
  /** A `tsquery` expression of the texts that should be there, joined as in the search, for ranking; null without text. */
  tsquery: string | null;
  /**
   * The same texts, any of which may be there. For `ts_headline()`, which finds no passage in a body that has one word
   * of a search while the title has the other.
   */
  highlight: string | null;
  /** The texts of `highlight`. */
  texts: TextNode[];
}

const IS: Record<IsValue, string> = {
  pinned: 'n.pinned',
  archived: 'n.archived_at is not null',
  trashed: 'n.deleted_at is not null',
  note: 'n.url is null',
  bookmark: 'n.url is not null',
  untagged: 'not exists (select 1 from note_tags nt where nt.note_id = n.id)',
};

const HAS: Record<HasValue, string> = {
  url: 'n.url is not null',
  tags: 'exists (select 1 from note_tags nt where nt.note_id = n.id)',
  title: `n.title <> ''`,
  body: `n.body <> ''`,
};

/** A condition on columns of the note itself. */
type FieldNode = Exclude<FilterNode, { type: 'tag' } | { type: 'notebook' }>;

type TextTree = TextNode | { type: 'and' | 'or'; nodes: TextTree[] } | { type: 'not'; node: TextTree };

/**
 * Compiles a search to SQL over `notes n`; null asks for nothing, and every note is a hit. Every value becomes a parameter; `tagIds` has the ids of the user's tags by key, `notebookIds` those of the notebooks of a key with all below them. The text of one level of AND or OR is one
 * `n.search @@ …`, which a GIN index serves.
 *
 * A word that should be there is found by its stems in `languages`, too: those that the user's notes are in. One that should not be there is meant as it is.
 *
 * A term without a word in it, such as `!!!`, is an empty `tsquery`. PostgreSQL ignores one beside other text, and one
 * alone matches nothing, which is what a search should do; beside filters this sees to it.
 */
export function compileSearch(
  ast: SearchNode | null,
  params: SqlParams,
  tagIds: ReadonlyMap<string, string>,
  notebookIds: ReadonlyMap<string, string[]> = new Map(),
  languages: readonly string[] = [],
): SearchSql {
  if (ast === null) return { predicate: 'true', tsquery: null, highlight: null, texts: [] };
  // A term is written once, however often the statement uses it.
  const terms = new Map<TextNode, string>();
  const stems = languages.length === 0 ? null : new StemsSql(languages, params);

  function tsquery(node: TextTree, wanted = true): string {
    switch (node.type) {
      case 'and':
        return group(
          '&&',
          node.nodes.map((child) => tsquery(child, wanted)),
        );
      case 'or':
        return group(
          '||',
          node.nodes.map((child) => tsquery(child, wanted)),
        );
      case 'not':
        return `(!! ${tsquery(node.node, false)})`;
      default: {
        const sql = terms.get(node) ?? termSql(node, params, wanted ? stems : null);
        terms.set(node, sql);
        return sql;
      }
    }
  }

  function predicate(node: SearchNode, wanted = true): string {
    if (isText(node)) return `(n.search @@ ${tsquery(node, wanted)})`;
    switch (node.type) {
      case 'and': {
        const text = tsqueryOf(node.nodes, '&&', wanted);
        // The planner computes numnode() before it chooses a plan, so that this does not keep it from the index.
        const matches = text === null ? [] : [`(numnode(${text}) = 0 or n.search @@ ${text})`];
        return group('and', [...matches, ...filtersOf(node.nodes, wanted)]);
      }
      case 'or': {
        const text = tsqueryOf(node.nodes, '||', wanted);
        return group('or', [...(text === null ? [] : [`n.search @@ ${text}`]), ...filtersOf(node.nodes, wanted)]);
      }
      case 'not':
        // Unlike NOT, this holds where the condition is null, as one on the host is for a note without an address.
        return `(${predicate(node.node, false)} is not true)`;
      default:
        return `(${filterSql(node)})`;
    }
  }

  function tsqueryOf(nodes: SearchNode[], operator: '&&' | '||', wanted: boolean): string | null {
    const texts = nodes.filter(isText).map((node) => tsquery(node, wanted));
    return texts.length === 0 ? null : group(operator, texts);
  }

  function filtersOf(nodes: SearchNode[], wanted: boolean): string[] {
    return nodes.filter((node) => !isText(node)).map((node) => predicate(node, wanted));
  }

  function filterSql(node: FilterNode): string {
    if (node.type === 'tag') return hasTagSql(tagIds.get(tagKey(node.name)), params);
    if (node.type === 'notebook') return inNotebooksSql(notebookIds.get(notebookKey(node.name)) ?? [], params);
    return fieldSql(node, params);
  }

  const wanted = wantedText(ast);
  const texts = wanted === null ? [] : leavesOf(wanted);
  return {
    predicate: predicate(ast),
    tsquery: wanted && tsquery(wanted),
    highlight:
      wanted &&
      group(
        '||',
        texts.map((text) => tsquery(text)),
      ),
    texts,
  };
}

function isText(node: SearchNode): node is TextTree {
  if (node.type === 'and' || node.type === 'or') return node.nodes.every(isText);
  return node.type === 'not' ? isText(node.node) : node.type === 'word' || node.type === 'phrase';
}

// What is left of a search without its filters and without what should not be there.
function wantedText(node: SearchNode): TextTree | null {
  if (node.type === 'word' || node.type === 'phrase') return node;
  if (node.type !== 'and' && node.type !== 'or') return null;
  const nodes = node.nodes.map(wantedText).filter((child) => child !== null);
  return nodes.length > 1 ? { type: node.type, nodes } : (nodes[0] ?? null);
}

function leavesOf(node: TextTree): TextNode[] {
  switch (node.type) {
    case 'and':
    case 'or':
      return node.nodes.flatMap(leavesOf);
    case 'not':
      return leavesOf(node.node);
    default:
      return [node];
  }
}

function group(operator: string, parts: string[]): string {
  return parts.length === 1 ? parts.join('') : `(${parts.join(` ${operator} `)})`;
}

// Runs of scripts without spaces are found wherever they are in a text, and so need not stand beside the words of the term.
function termSql(node: TextNode, params: SqlParams, stems: StemsSql | null): string {
  const stemmed = stems === null ? null : stemmedWord(node);
  const { words, grams } = splitGrams(node.text);
  const runs = grams.map((run) => `${params.add(run)}::tsquery`);
  const isPrefix = node.type === 'word' && node.prefix;
  const sql = words === null ? [] : [wordsSql(words, isPrefix, params)];
  // Of a word and such runs, only the word has a stem.
  if (stems !== null && stemmed !== null && runs.length === 0)
    return sql.map((exact) => stems.add(exact, stemmed)).join('');
  return group('&&', [...sql, ...runs]);
}

/** Adds the stems of words to what they are looked for by. */
class StemsSql {
  private list?: string;

  constructor(
    private readonly languages: readonly string[],
    private readonly params: SqlParams,
  ) {}

  add(exact: string, word: string): string {
    this.list ??= this.params.add([...this.languages]);
    return `search_with_stems(${exact}, ${this.params.add(word)}, ${this.list}::text[])`;
  }
}

// What is one word to a person can be more to the parser (`red-hot`, `TCP/IP`): they must then follow each other.
function wordsSql(words: string, isPrefix: boolean, params: SqlParams): string {
  const folded = `search_fold(${params.add(words)})`;
  if (!isPrefix) return `phraseto_tsquery('${TEXT_SEARCH_CONFIG}', ${folded})`;
  // Folded text has no quotes and backslashes, and within quotes to_tsquery() knows no operators.
  return `to_tsquery('${TEXT_SEARCH_CONFIG}', '''' || ${folded} || ''':*')`;
}

function fieldSql(node: FieldNode, params: SqlParams): string {
  switch (node.type) {
    case 'is':
      return IS[node.value];
    case 'has':
      return HAS[node.value];
    case 'site':
      return siteSql(node.host, params);
    case 'date': {
      const bounds = [
        ...(node.from === null ? [] : [`n.${node.field}_at >= ${params.add(node.from)}`]),
        ...(node.to === null ? [] : [`n.${node.field}_at < ${params.add(node.to)}`]),
      ];
      return bounds.join(' and ');
    }
  }
}

/**
 * Whether `n` has the tag of an id. The id is a value, not a look-up in the statement, so that the planner knows how many notes have it: it then walks an
 * index for a common tag, and gathers the notes of a rare one.
 */
export function hasTagSql(id: string | undefined, params: SqlParams): string {
  if (id === undefined) return 'false';
  return `exists (select 1 from note_tags nt where nt.note_id = n.id and nt.tag_id = ${params.add(id)})`;
}

/** Whether `n` is in one of these notebooks; as values, so that the planner knows how many notes are. */
export function inNotebooksSql(ids: string[], params: SqlParams): string {
  if (ids.length === 0) return 'false';
  return ids.length === 1 ? `n.notebook_id = ${params.add(ids[0])}` : `n.notebook_id = any(${params.add(ids)}::uuid[])`;
}

// The words of a host are part of the text (see note_search_vector), so that the index finds its notes.
function siteSql(host: string, params: SqlParams): string {
  const subdomains = `%.${host.replace(/[\\%_]/g, '\\$&')}`;
  const name = params.add(host);
  const words = `phraseto_tsquery('${TEXT_SEARCH_CONFIG}', search_fold(${name}))`;
  return `(numnode(${words}) = 0 or n.search @@ ${words}) and (n.url_host = ${name} or n.url_host like ${params.add(subdomains)})`;
}
