import type { EntityManager } from 'typeorm';
import { newId } from '../../common/uuid';
import {
  cleanNotebookName,
  MAX_DEPTH,
  MAX_NAME,
  MAX_NOTEBOOKS,
  notebookKey,
  notebookNameProblem,
} from './notebook-name';
import { type NotebookNode, NotebookTree } from './notebook-tree';
import { insertNotebooks } from './notebook-writes';

const TRASHED_FROM = `select id, notebook_id, notebook_path from notes where id = $1 and user_id = $2`;

/** A note in the trash, as far as it says where it came from. */
interface TrashedNote {
  id: string;
  notebook_id: string | null;
  notebook_path: string[] | null;
}

/** Finds notebooks by the names on the way to them, and plans those that are missing, for imports and for notes that come back. */
export class NotebookPlaces {
  /** Those that are missing, each after the one that it is in. */
  readonly planned: NotebookNode[] = [];

  constructor(private readonly tree: NotebookTree) {}

  /**
   * The notebook that `names` lead to from `within` (null: from the top). Names beyond the largest depth are joined to the last one. When there is no room for
   * further notebooks, it is the last that there is.
   */
  find(names: readonly string[], within: string | null = null): string | null {
    let parentId = within;
    for (const name of fitted(names, MAX_DEPTH - this.tree.pathOf(within).length)) {
      const node = this.tree.childNamed(parentId, notebookKey(name)) ?? this.plan(parentId, name);
      if (node === undefined) return parentId;
      parentId = node.id;
    }
    return parentId;
  }

  private plan(parentId: string | null, name: string): NotebookNode | undefined {
    if (this.tree.size >= MAX_NOTEBOOKS) return undefined;
    const node = { id: newId(), parent_id: parentId, name: cleanNotebookName(name), name_key: notebookKey(name) };
    this.tree.add(node);
    this.planned.push(node);
    return node;
  }
}

/**
 * Where a note goes that comes out of the trash. Had it come there with its notebook, that is found by its name, or made again.
 * The caller has locked the user.
 */
export async function placeOfRestored(
  manager: EntityManager,
  userId: string,
  noteId: string,
): Promise<{ notebookId: string | null } | undefined> {
  const notes = await manager.query<TrashedNote[]>(TRASHED_FROM, [noteId, userId]);
  const notebookId = (await placesOfRestored(manager, userId, notes)).get(noteId);
  return notebookId === undefined ? undefined : { notebookId };
}

/** The same for many notes, by their ids; those that came there without a notebook are not in it. */
export async function placesOfRestored(
  manager: EntityManager,
  userId: string,
  notes: TrashedNote[],
): Promise<Map<string, string | null>> {
  const found = new Map<string, string | null>();
  if (notes.every((note) => note.notebook_path === null)) return found;
  const places = new NotebookPlaces(await NotebookTree.load(manager, userId));
  for (const { id, notebook_id, notebook_path } of notes) {
    if (notebook_path !== null) found.set(id, places.find(notebook_path, notebook_id));
  }
  await insertNotebooks(manager, userId, places.planned);
  return found;
}

/** A name that a notebook may have, of any text; null when nothing is left. */
export function fitNotebookName(text: string): string | null {
  const points = Array.from(cleanNotebookName(text.replace(/[\p{Cc}\u202d\u202e]/gu, ' ')).toWellFormed()).slice(
    0,
    MAX_NAME,
  );
  // The key can be longer than the name: U+FDFA is 18 letters.
  while (points.length > 0 && notebookNameProblem(points.join('')) !== null) points.pop();
  return cleanNotebookName(points.join('')) || null;
}

function fitted(names: readonly string[], room: number): string[] {
  if (names.length <= room) return [...names];
  if (room <= 0) return [];
  const last = fitNotebookName(names.slice(room - 1).join(' / '));
  return [...names.slice(0, room - 1), ...(last === null ? [] : [last])];
}
