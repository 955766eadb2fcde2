import type { EntityManager } from 'typeorm';
import { notebookExists } from './notebook-problems';
import type { NotebookNode, NotebookTree } from './notebook-tree';
import { removeNotebooks } from './notebook-writes';
import type { DeleteMode } from './notebook.requests';

/** The most notes that one transaction moves: a moment's work, while all writers of the user wait. */
export const AT_ONCE = 1_000;

const COUNT = `select count(*)::integer as notes from notes where user_id = $1 and notebook_id = any($2)`;

/**
 * $1 the user, $2 the notebooks, each with the names on the way to it from where the notes go, $3 where that is, $4 whether they go to the trash. A note
 * there remembers the way, so that it can come back into its place; so do those that are in the trash already. What a note says has not changed, and so `updated_at` has not.
 */
const MOVE_NOTES = `
  with source as (select * from jsonb_to_recordset($2::jsonb) as s(id uuid, path text[])),
  picked as (
    select n.id, source.path, row_number() over () as step
    from source join notes n on n.user_id = $1 and n.notebook_id = source.id
    limit ${AT_ONCE}
  ),
  bumped as (
    update users set change_seq = change_seq + (select count(*) from picked) where id = $1
    returning change_seq - (select count(*) from picked) as before
  )
  update notes n
  set notebook_id = $3, version = n.version + 1, seq = bumped.before + picked.step,
    deleted_at = case when $4 then coalesce(n.deleted_at, now()) else n.deleted_at end,
    notebook_path = case when $4 then picked.path || coalesce(n.notebook_path, '{}') else n.notebook_path end
  from picked cross join bumped
  where n.id = picked.id`;

/** Takes a notebook out of the tree, in steps that are a transaction each. The caller of all methods has locked the user. */
export class NotebookDeletion {
  private readonly removed: NotebookNode[];
  private readonly children: NotebookNode[];

  constructor(
    private readonly manager: EntityManager,
    private readonly userId: string,
    private readonly tree: NotebookTree,
    private readonly node: NotebookNode,
    private readonly mode: DeleteMode,
  ) {
    this.removed = mode === 'trash' ? tree.withBelow(node.id) : [node];
    this.children = mode === 'trash' ? [] : tree.childrenOf(node.id);
  }

  /** @throws NotebookExistsError when one that would move up has the name of one that is there. */
  requirePlace(): void {
    for (const child of this.children) {
      const there = this.tree.childNamed(this.node.parent_id, child.name_key);
      if (there !== undefined && there.id !== this.node.id) throw notebookExists(there);
    }
  }

  /** How many notes are to be moved, those in the trash too. */
  async count(): Promise<number> {
    const ids = this.removed.map(({ id }) => id);
    const [{ notes } = { notes: 0 }] = await this.manager.query<{ notes: number }[]>(COUNT, [this.userId, ids]);
    return notes;
  }

  /** Moves up to `AT_ONCE` notes; with the last of them, the notebooks go. */
  async step(): Promise<{ moved: number; ended: boolean }> {
    const { parent_id: target } = this.node;
    const above = this.tree.pathOf(target).length;
    const source = this.removed.map(({ id }) => ({ id, path: this.wayTo(id, above) }));
    const values = [this.userId, JSON.stringify(source), target, this.mode === 'trash'];
    const [, moved] = await this.manager.query<[unknown[], number]>(MOVE_NOTES, values);
    if (moved === AT_ONCE) return { moved, ended: false };
    this.requirePlace();
    const [ids, children] = [this.removed, this.children].map((nodes) => nodes.map(({ id }) => id));
    await removeNotebooks(this.manager, this.userId, ids ?? [], target, children ?? []);
    return { moved, ended: true };
  }

  private wayTo(id: string, above: number): string[] {
    return this.tree
      .pathOf(id)
      .slice(above)
      .map(({ name }) => name);
  }
}
