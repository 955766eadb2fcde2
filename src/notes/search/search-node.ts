export const IS_VALUES = ['pinned', 'archived', 'trashed', 'note', 'bookmark', 'untagged'] as const;
export const HAS_VALUES = ['url', 'tags', 'title', 'body'] as const;

export type IsValue = (typeof IS_VALUES)[number];
export type HasValue = (typeof HAS_VALUES)[number];

/** One condition on the text of a note. */
export type TextNode = { type: 'word'; text: string; prefix: boolean } | { type: 'phrase'; text: string };

/** One condition on something else than the text. `from` is included, `to` is not; null means without end. */
export type FilterNode =
  | { type: 'tag'; name: string }
  | { type: 'notebook'; name: string }
  | { type: 'is'; value: IsValue }
  | { type: 'has'; value: HasValue }
  | { type: 'site'; host: string }
  | { type: 'date'; field: 'created' | 'updated'; from: Date | null; to: Date | null };

/** What a search asks for, as a tree. `and` and `or` have two nodes or more. */
export type SearchNode =
  { type: 'and' | 'or'; nodes: SearchNode[] } | { type: 'not'; node: SearchNode } | TextNode | FilterNode;

/** Something in a query that was not understood as it may have been meant. */
export interface SearchWarning {
  /** Where, in UTF-16 code units from the start of the query. */
  position: number;
  detail: string;
}

/** Whether the tree asks about the trash anywhere, be it to leave it out: lists hide trashed notes unless it does. */
export function mentionsTrash(node: SearchNode | null): boolean {
  if (node === null) return false;
  if (node.type === 'and' || node.type === 'or') return node.nodes.some(mentionsTrash);
  if (node.type === 'not') return mentionsTrash(node.node);
  return node.type === 'is' && node.value === 'trashed';
}

/** The names of all tags, or of all notebooks, that the tree asks about. */
export function namesIn(node: SearchNode | null, type: 'tag' | 'notebook'): string[] {
  if (node === null) return [];
  if (node.type === 'and' || node.type === 'or') return node.nodes.flatMap((child) => namesIn(child, type));
  if (node.type === 'not') return namesIn(node.node, type);
  return node.type === type ? [node.name] : [];
}

/** Takes the tags that every hit must have out of a tree: what is left is null when it asks for nothing else. */
export function requiredTags(node: SearchNode | null): { names: string[]; rest: SearchNode | null } {
  const nodes = node?.type === 'and' ? node.nodes : node === null ? [] : [node];
  const names = nodes.flatMap((child) => (child.type === 'tag' ? [child.name] : []));
  const others = nodes.filter((child) => child.type !== 'tag');
  return { names, rest: others.length > 1 ? { type: 'and', nodes: others } : (others[0] ?? null) };
}
