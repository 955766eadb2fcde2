import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { NIL } from 'uuid';
import { requireMatch } from '../../common/etag';
import { decodeCursor, encodeCursor, type Page, type PageQuery, pageOf } from '../../common/page';
import { ConflictError, NotFoundError } from '../../common/problem';
import { newId } from '../../common/uuid';
import { breaches } from '../../database/constraints';
import { Statements } from '../../database/statements';
import type { Job } from '../../jobs/job.entity';
import { JobsService } from '../../jobs/jobs.service';
import { idIn, textIn } from '../note-cursor';
import { lockWriter } from '../note-writes';
import { deleteNotebook } from './delete-notebook.job';
import { AT_ONCE, NotebookDeletion } from './notebook-deletion';
import { cleanNotebookName, MAX_DEPTH, MAX_NOTEBOOKS, notebookKey } from './notebook-name';
import { notebookCycle, notebookExists, notebookTooDeep, tooManyNotebooks, unknownNotebook } from './notebook-problems';
import { NOTEBOOK_ROW, type NotebookRow } from './notebook-row';
import { type NotebookNode, NotebookTree } from './notebook-tree';
import { GET_NOTEBOOK, insertNotebooks, readNotebook, updateNotebook } from './notebook-writes';
import type { CreateNotebookRequest, DeleteMode, UpdateNotebookRequest } from './notebook.requests';
import { NotebookResponse } from './notebook.response';

const KIND = 'notebooks';

/** $1 the user, $2 and $3 where the page begins, $4 how many. */
const LIST_NOTEBOOKS = {
  name: 'list-notebooks',
  text: `
    select ${NOTEBOOK_ROW} from notebooks b
    where b.user_id = $1 and (b.name_key, b.id) > ($2, $3::uuid)
    order by b.name_key, b.id
    limit $4`,
};

/** A notebook within the transaction that changes it. */
interface LockedNotebook {
  manager: EntityManager;
  tree: NotebookTree;
  node: NotebookNode;
  row: NotebookRow;
}

/** The tree of notebooks. All changes are made under the lock of the user's row, which decides between two at once. */
@Injectable()
export class NotebooksService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly statements: Statements,
    private readonly jobs: JobsService,
  ) {}

  /** The one door to a notebook. @throws NotFoundError when there is none, or it is another user's. */
  async getOwned(userId: string, id: string): Promise<NotebookRow> {
    const [row] = await this.statements.run<NotebookRow>(GET_NOTEBOOK, [id, userId]);
    if (row === undefined) throw new NotFoundError('notebook');
    return row;
  }

  /** Notebooks by name, of all levels. @throws MalformedRequestError when the cursor is not of this list. */
  async list(userId: string, query: PageQuery): Promise<Page<NotebookResponse>> {
    const [key, id] = query.cursor === undefined ? ['', NIL] : decodeCursor(KIND, query.cursor, 2);
    const values = [userId, textIn(key), idIn(id), query.limit + 1];
    const rows = await this.statements.run<NotebookRow>(LIST_NOTEBOOKS, values);
    return pageOf(rows, query.limit, NotebookResponse.from, (row) => encodeCursor(KIND, [row.name_key, row.id]));
  }

  /**
   * @throws ValidationFailedError for an unknown parent; ConflictError `id-taken`, `notebook-exists` with `existingId`, `notebook-too-deep`,
   * `too-many-notebooks`.
   */
  async create(userId: string, { id = newId(), name, parentId = null }: CreateNotebookRequest): Promise<NotebookRow> {
    try {
      return await this.dataSource.transaction(async (manager) => {
        await lockWriter(manager, userId);
        const tree = await NotebookTree.load(manager, userId);
        if (tree.get(id) !== undefined) throw idTaken();
        if (tree.size >= MAX_NOTEBOOKS) throw tooManyNotebooks();
        const node = { id, parent_id: parentId, name: cleanNotebookName(name), name_key: notebookKey(name) };
        requirePlace(tree, node, 1);
        await insertNotebooks(manager, userId, [node]);
        return written(await readNotebook(manager, userId, id));
      });
    } catch (error) {
      throw breaches(error, 'notebooks_pkey') ? idTaken() : error;
    }
  }

  /**
   * Renames a notebook, moves it with all below it, or both. A patch that changes nothing leaves the version alone.
   * @throws NotFoundError; PreconditionFailedError; ValidationFailedError for an unknown parent; ConflictError `notebook-cycle`, `notebook-exists` with
   * `existingId`, `notebook-too-deep`.
   */
  async update(
    userId: string,
    id: string,
    patch: UpdateNotebookRequest,
    ifMatch: string | undefined,
  ): Promise<NotebookRow> {
    return this.change(userId, id, ifMatch, async ({ manager, tree, node, row }) => {
      const name = patch.name === undefined ? node.name : cleanNotebookName(patch.name);
      const parentId = patch.parentId === undefined ? node.parent_id : patch.parentId;
      if (name === node.name && parentId === node.parent_id) return row;
      const changed = { id, parent_id: parentId, name, name_key: notebookKey(name) };
      if (tree.pathOf(parentId).some((around) => around.id === id)) throw notebookCycle();
      requirePlace(tree, changed, tree.heightOf(id));
      await updateNotebook(manager, userId, changed);
      return written(await readNotebook(manager, userId, id));
    });
  }

  /**
   * Deletes a notebook; `mode` says where its notes go.
   * @returns null when it is done; the job that does it when there are more than 1,000 notes.
   * @throws NotFoundError; PreconditionFailedError; ConflictError `notebook-exists` when a notebook in it cannot move up.
   */
  async delete(userId: string, id: string, mode: DeleteMode, ifMatch: string | undefined): Promise<Job | null> {
    return this.change(userId, id, ifMatch, async ({ manager, tree, node }) => {
      const deletion = new NotebookDeletion(manager, userId, tree, node, mode);
      deletion.requirePlace();
      const total = await deletion.count();
      if (total > AT_ONCE) {
        return this.jobs.enqueue(manager, deleteNotebook, { notebookId: id, notes: mode }, { userId, total });
      }
      while (!(await deletion.step()).ended);
      return null;
    });
  }

  private change<T>(
    userId: string,
    id: string,
    ifMatch: string | undefined,
    change: (notebook: LockedNotebook) => Promise<T>,
  ): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      const { requireIfMatch } = await lockWriter(manager, userId);
      const tree = await NotebookTree.load(manager, userId);
      const [node, row] = [tree.get(id), await readNotebook(manager, userId, id)];
      if (node === undefined || row === undefined) throw new NotFoundError('notebook');
      requireMatch(ifMatch, row.version, requireIfMatch);
      return change({ manager, tree, node, row });
    });
  }
}

/** Whether a notebook, which makes up `levels` with those below it, may be where it says. */
function requirePlace(tree: NotebookTree, node: NotebookNode, levels: number): void {
  const around = tree.pathOf(node.parent_id);
  if (node.parent_id !== null && around.length === 0) throw unknownNotebook('parentId');
  if (around.length + levels > MAX_DEPTH) throw notebookTooDeep();
  const there = tree.childNamed(node.parent_id, node.name_key);
  if (there !== undefined && there.id !== node.id) throw notebookExists(there);
}

function idTaken(): ConflictError {
  return new ConflictError('id-taken', 'There is something with this id: was this request sent before?');
}

function written(row: NotebookRow | undefined): NotebookRow {
  if (row === undefined) throw new Error('The notebook was written, and is not there');
  return row;
}
