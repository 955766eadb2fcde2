import type { EntityManager } from 'typeorm';

export interface NotebookNode {
  id: string;
  parent_id: string | null;
  name: string;
  name_key: string;
}

const LOAD = `select id, parent_id, name, name_key from notebooks where user_id = $1`;

/**
 * All notebooks of a user, of which there are 10,000 at most. Read under the lock of the user's row, it is how things are until the end of the transaction:
 * whether a move makes a cycle is decided here, and two moves at once cannot make one together.
 */
export class NotebookTree {
  private readonly nodes = new Map<string, NotebookNode>();
  private readonly children = new Map<string | null, Map<string, NotebookNode>>();

  constructor(nodes: readonly NotebookNode[] = []) {
    for (const node of nodes) this.add(node);
  }

  static async load(manager: EntityManager, userId: string): Promise<NotebookTree> {
    return new NotebookTree(await manager.query<NotebookNode[]>(LOAD, [userId]));
  }

  get size(): number {
    return this.nodes.size;
  }

  add(node: NotebookNode): void {
    this.nodes.set(node.id, node);
    const siblings = this.children.get(node.parent_id) ?? new Map<string, NotebookNode>();
    this.children.set(node.parent_id, siblings.set(node.name_key, node));
  }

  get(id: string): NotebookNode | undefined {
    return this.nodes.get(id);
  }

  /** The notebooks directly in one; `null`: those that are in no other. */
  childrenOf(parentId: string | null): NotebookNode[] {
    return [...(this.children.get(parentId)?.values() ?? [])];
  }

  childNamed(parentId: string | null, key: string): NotebookNode | undefined {
    return this.children.get(parentId)?.get(key);
  }

  /** A notebook and those around it, from the outside in; empty for `null`. */
  pathOf(id: string | null): NotebookNode[] {
    const path: NotebookNode[] = [];
    for (let node = this.at(id); node !== undefined; node = this.at(node.parent_id)) path.unshift(node);
    return path;
  }

  /** A notebook and all below it, each after the one that it is in. */
  withBelow(id: string): NotebookNode[] {
    const found = [this.at(id)].filter((node) => node !== undefined);
    for (const node of found) found.push(...this.childrenOf(node.id));
    return found;
  }

  /** How many levels a notebook and those below it make up. */
  heightOf(id: string): number {
    return 1 + Math.max(0, ...this.childrenOf(id).map((child) => this.heightOf(child.id)));
  }

  private at(id: string | null): NotebookNode | undefined {
    return id === null ? undefined : this.nodes.get(id);
  }
}
