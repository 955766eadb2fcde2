import type { Statements } from '../../database/statements';
import { notebookKey } from './notebook-name';

/** $1 the user, $2 a notebook: it and all below it. */
const WITH_BELOW = {
  name: 'notebook-with-below',
  text: `
    with recursive found as (
      select id from notebooks where user_id = $1 and id = $2
      union all
      select b.id from found join notebooks b on b.user_id = $1 and b.parent_id = found.id
    )
    select id from found`,
};

/** $1 the user, $2 keys of names: the notebooks called so, with all below them. */
const CALLED = {
  name: 'notebooks-called',
  text: `
    with recursive found as (
      select name_key as called, id from notebooks where user_id = $1 and name_key = any($2)
      union
      select found.called, b.id from found join notebooks b on b.user_id = $1 and b.parent_id = found.id
    )
    select called, array_agg(id) as ids from found group by called`,
};

/** The ids of a notebook and of all below it; none when the user has no such notebook. */
export async function notebookWithBelow(statements: Statements, userId: unknown, id: string): Promise<string[]> {
  const rows = await statements.run<{ id: string }>(WITH_BELOW, [userId, id]);
  return rows.map((row) => row.id);
}

/** For the key of each name that notebooks have, their ids and those of all below them; without a query when none is asked for. */
export async function notebooksCalled(
  statements: Statements,
  userId: unknown,
  names: string[],
): Promise<Map<string, string[]>> {
  if (names.length === 0) return new Map();
  const rows = await statements.run<{ called: string; ids: string[] }>(CALLED, [userId, names.map(notebookKey)]);
  return new Map(rows.map((row) => [row.called, row.ids]));
}
