import type { EntityManager } from 'typeorm';
import type { Statement } from '../../database/statements';
import { NOTEBOOK_ROW, type NotebookRow } from './notebook-row';
import type { NotebookNode } from './notebook-tree';

/** $1 the user; a column an array. Each takes a number of the user's sequence, in the order given. */
const INSERT = `
  with planned as (
    select * from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) with ordinality as p(id, parent_id, name, name_key, step)
  ),
  bumped as (
    update users set change_seq = change_seq + cardinality($2::uuid[]) where id = $1
    returning change_seq - cardinality($2::uuid[]) as before
  )
  insert into notebooks (id, user_id, parent_id, name, name_key, seq)
  select p.id, $1, p.parent_id, p.name, p.name_key, bumped.before + p.step from planned p cross join bumped`;

const UPDATE = `
  with bumped as (update users set change_seq = change_seq + 1 where id = $1 returning change_seq)
  update notebooks b
  set parent_id = $3, name = $4, name_key = $5, version = b.version + 1, seq = bumped.change_seq, updated_at = now()
  from bumped where b.id = $2 and b.user_id = $1`;

/** $1 the user, $2 what goes, $3 where children go, $4 which: each of both takes a number of the sequence. The foreign keys are looked at when all is done. */
const REMOVE = `
  with bumped as (
    update users set change_seq = change_seq + cardinality($2::uuid[]) + cardinality($4::uuid[]) where id = $1
    returning change_seq - cardinality($2::uuid[]) - cardinality($4::uuid[]) as before
  ),
  moved as (
    update notebooks b set parent_id = $3, version = b.version + 1, seq = bumped.before + child.step
    from unnest($4::uuid[]) with ordinality as child(id, step) cross join bumped
    where b.id = child.id and b.user_id = $1
  )
  delete from notebooks b using bumped where b.user_id = $1 and b.id = any($2::uuid[])`;

/** $1 the notebook, $2 its owner. */
export const GET_NOTEBOOK: Statement = {
  name: 'get-notebook',
  text: `select ${NOTEBOOK_ROW} from notebooks b where b.id = $1 and b.user_id = $2`,
};

/* The caller of all of these has locked the user. */

export async function insertNotebooks(manager: EntityManager, userId: string, nodes: NotebookNode[]): Promise<void> {
  if (nodes.length === 0) return;
  const column = <T>(pick: (node: NotebookNode) => T): T[] => nodes.map(pick);
  await manager.query(INSERT, [
    userId,
    column((node) => node.id),
    column((node) => node.parent_id),
    column((node) => node.name),
    column((node) => node.name_key),
  ]);
}

/** Gives a notebook its name and place. */
export async function updateNotebook(manager: EntityManager, userId: string, node: NotebookNode): Promise<void> {
  await manager.query(UPDATE, [userId, node.id, node.parent_id, node.name, node.name_key]);
}

/** Removes notebooks that have no notes; `children` go to `parentId`. */
export async function removeNotebooks(
  manager: EntityManager,
  userId: string,
  ids: string[],
  parentId: string | null,
  children: string[],
): Promise<void> {
  await manager.query(REMOVE, [userId, ids, parentId, children]);
}

export async function readNotebook(
  manager: EntityManager,
  userId: string,
  id: string,
): Promise<NotebookRow | undefined> {
  const [row] = await manager.query<NotebookRow[]>(GET_NOTEBOOK.text, [id, userId]);
  return row;
}
