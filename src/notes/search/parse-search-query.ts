import { codePointLength } from '../../common/text';
import { filterProblem, parseFilter } from './search-filters';
import { FilterNode, SearchNode, SearchWarning } from './search-node';
import { SearchToken, tokenize } from './search-tokens';

// A word of more than 2,046 bytes is an error in a tsquery (from PostgreSQL 18 on also when only `unaccent` makes it so
// long; one character becomes 7 bytes at most), and is not in the index either.
const MAX_WORD_LENGTH = 255;

export interface ParsedSearch {
  /** What to look for; null if the query asks for nothing. */
  ast: SearchNode | null;
  /** In the order of their positions. */
  warnings: SearchWarning[];
}

type Filter = Extract<SearchToken, { kind: 'filter' }>;

/**
 * Reads what someone typed into a search box. Never throws and never refuses: a query that is malformed still finds
 * its words, and `warnings` say what was not understood.
 *
 *     or     = and { "OR" and }                 and = { unary }
 *     unary  = [ "-" ] ( "(" or ")" | term )    term = word | word* | "phrase" | filter
 *     filter = tag:name | tag:"two words" | in:notebook | is:pinned|archived|trashed|note|bookmark|untagged
 *            | has:url|tags|title|body | site:example.org
 *            | created: or updated: with 2025 | 2025-03 | 2025-03-04 | >=2025-01-01 | <2025 | 2024..2025
 *
 * `OR` is an operator in capitals only. Names and values of filters are read without case. Any
 * other `foo:bar` is plain text. At most 50 terms and 10 levels of parentheses are read.
 *
 * @param query at most 1,000 characters; the caller sees to that
 */
export function parseSearchQuery(query: string): ParsedSearch {
  const { tokens, warnings } = tokenize(query);
  let next = 0;

  const warn = (position: number, detail: string): void => void warnings.push({ position, detail });

  function parseOr(): SearchNode | null {
    const operands = [parseAnd()];
    for (let token = tokens[next]; token?.kind === 'or'; token = tokens[next]) {
      next++;
      operands.push(parseAnd());
      if (operands.slice(-2).includes(null)) warn(token.position, 'OR needs a term on both sides, so it was left out.');
    }
    return join('or', operands);
  }

  function parseAnd(): SearchNode | null {
    const operands: (SearchNode | null)[] = [];
    for (let token = tokens[next]; token && token.kind !== 'or' && token.kind !== 'close'; token = tokens[next]) {
      next++;
      operands.push(parseUnary(token));
    }
    return join('and', operands);
  }

  function parseUnary(token: SearchToken): SearchNode | null {
    if (token.kind === 'not') {
      const operand = tokens[next];
      if (operand === undefined || operand.kind === 'close') return null;
      next++;
      const node = parseUnary(operand);
      return node && { type: 'not', node };
    }
    if (token.kind === 'open') {
      const node = parseOr();
      next++;
      if (node === null) warn(token.position, 'There is nothing between these parentheses.');
      return node;
    }
    if (token.kind === 'phrase') return parsePhrase(token.text, token.position);
    if (token.kind === 'filter') return readFilter(token) ?? parseWord(token.text, token.position);
    return token.kind === 'word' ? parseWord(token.text, token.position) : null;
  }

  function parsePhrase(text: string, position: number): SearchNode | null {
    const words = text.split(/\s+/).filter((word) => word !== '');
    if (words.length === 0) warn(position, 'There is nothing between these quotation marks.');
    return words.length === 0 ? null : { type: 'phrase', text: words.map((word) => shorten(word, position)).join(' ') };
  }

  function parseWord(text: string, position: number): SearchNode {
    // A star that ends a word; a word of nothing but stars stays as it is.
    const word = text.replace(/(?<=[^*])\*+$/, '');
    const short = shorten(word, position);
    return { type: 'word', text: short, prefix: word !== text || short !== word };
  }

  function shorten(word: string, position: number): string {
    if (codePointLength(word) <= MAX_WORD_LENGTH) return word;
    warn(position, `Only the first ${MAX_WORD_LENGTH} characters of this word are searched for.`);
    return [...word].slice(0, MAX_WORD_LENGTH).join('');
  }

  function readFilter({ field, value, position }: Filter): FilterNode | null {
    const node = parseFilter(field, value);
    if (node === null) warn(position, `${filterProblem(field)} This is searched for as text.`);
    return node;
  }

  const ast = parseOr();
  return { ast, warnings: warnings.sort((a, b) => a.position - b.position) };
}

// Groups within groups of the same kind are one group: the fewer there are, the more text one index look-up can serve.
function join(type: 'and' | 'or', operands: (SearchNode | null)[]): SearchNode | null {
  const nodes = operands.flatMap((node) => (node === null ? [] : node.type === type ? node.nodes : [node]));
  return nodes.length > 1 ? { type, nodes } : (nodes[0] ?? null);
}
