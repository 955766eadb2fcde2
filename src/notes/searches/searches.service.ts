import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { requireMatch } from '../../common/etag';
import { decodeCursor, encodeCursor, type Page, type PageQuery, pageOf } from '../../common/page';
import { ConflictError, NotFoundError } from '../../common/problem';
import { newId } from '../../common/uuid';
import { Statements } from '../../database/statements';
import type { NoteFilters, NoteSort } from '../list-notes.query';
import { textIn } from '../note-cursor';
import { type LockedUser, lockWriter } from '../note-writes';
import { cleanTagName, tagKey } from '../tag-name';
import {
  DELETE_SEARCH,
  FIND_SEARCH,
  GET_SEARCH,
  INSERT_SEARCH,
  LIST_SEARCHES,
  type SearchRow,
  UPDATE_SEARCH,
} from './search-writes';
import type { CreateSearchRequest, UpdateSearchRequest } from './search.requests';
import { SavedSearchResponse } from './search.response';

const KIND = 'searches';

/** The most saved searches that a user may have. */
const MAX_SEARCHES = 200;

/** What a saved search adds to a query. */
export interface SearchParts {
  q?: string;
  within?: string;
  sort?: NoteSort;
}

/** Saved searches. All changes are made under the lock of the user's row. */
@Injectable()
export class SearchesService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly statements: Statements,
  ) {}

  /** The one door to a saved search. @throws NotFoundError when there is none, or it is another user's. */
  async getOwned(userId: string, id: string): Promise<SearchRow> {
    const [row] = await this.statements.run<SearchRow>(GET_SEARCH, [id, userId]);
    if (row === undefined) throw new NotFoundError('search');
    return row;
  }

  /** Saved searches by name. @throws MalformedRequestError when the cursor is not of this list. */
  async list(userId: string, query: PageQuery): Promise<Page<SavedSearchResponse>> {
    const [key] = query.cursor === undefined ? [''] : decodeCursor(KIND, query.cursor, 1);
    const rows = await this.statements.run<SearchRow>(LIST_SEARCHES, [userId, textIn(key), query.limit + 1]);
    return pageOf(rows, query.limit, SavedSearchResponse.from, (row) => encodeCursor(KIND, [row.name_key]));
  }

  /** @throws ConflictError `search-exists` with `existingId`, `too-many-searches`. */
  create(userId: string, { name, q, sort = null }: CreateSearchRequest): Promise<SearchRow> {
    return this.locked(userId, async (manager) => {
      if ((await requireName(manager, userId, name)) >= MAX_SEARCHES) throw tooManySearches();
      return written(manager, INSERT_SEARCH, [newId(), userId, cleanTagName(name), tagKey(name), q, sort]);
    });
  }

  /** A patch that changes nothing leaves the version alone. @throws NotFoundError; PreconditionFailedError; PreconditionRequiredError; ConflictError `search-exists` with `existingId`. */
  update(userId: string, id: string, patch: UpdateSearchRequest, ifMatch: string | undefined): Promise<SearchRow> {
    return this.locked(userId, async (manager, user) => {
      const row = await readLocked(manager, user, id, ifMatch);
      const name = patch.name === undefined ? row.name : cleanTagName(patch.name);
      const { q = row.q, sort = row.sort } = patch;
      if (name === row.name && q === row.q && sort === row.sort) return row;
      await requireName(manager, userId, name, id);
      return written(manager, UPDATE_SEARCH, [id, userId, name, tagKey(name), q, sort]);
    });
  }

  /** @throws NotFoundError; PreconditionFailedError; PreconditionRequiredError */
  delete(userId: string, id: string, ifMatch: string | undefined): Promise<void> {
    return this.locked(userId, async (manager, user) => {
      await readLocked(manager, user, id, ifMatch);
      await manager.query(DELETE_SEARCH, [id, userId]);
    });
  }

  /**
   * What the saved search that a query names adds to it: its `q` and order, or, beside a `q` of the query, what hits must match besides.
   * @returns null when the user has no such search: nothing is a hit then.
   */
  async partsOf(userId: string, query: NoteFilters): Promise<SearchParts | null> {
    if (query.search === undefined) return {};
    const [saved] = await this.statements.run<SearchRow>(GET_SEARCH, [query.search, userId]);
    if (saved === undefined) return null;
    return query.q === undefined ? { q: saved.q, sort: saved.sort ?? undefined } : { within: saved.q };
  }

  private locked<T>(userId: string, write: (manager: EntityManager, user: LockedUser) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => write(manager, await lockWriter(manager, userId)));
  }
}

/** How many searches the user has. @throws ConflictError when another one than `id` has the name. */
async function requireName(manager: EntityManager, userId: string, name: string, id?: string): Promise<number> {
  const [found] = await manager.query<{ count: number; existing: string | null }[]>(FIND_SEARCH, [
    userId,
    tagKey(name),
  ]);
  const existingId = found?.existing ?? null;
  if (existingId !== null && existingId !== id) {
    const detail = `There is a saved search called "${cleanTagName(name)}": see existingId`;
    throw new ConflictError('search-exists', detail, { existingId });
  }
  return found?.count ?? 0;
}

async function readLocked(
  manager: EntityManager,
  user: LockedUser,
  id: string,
  ifMatch: string | undefined,
): Promise<SearchRow> {
  const [row] = await manager.query<SearchRow[]>(GET_SEARCH.text, [id, user.id]);
  if (row === undefined) throw new NotFoundError('search');
  requireMatch(ifMatch, row.version, user.requireIfMatch);
  return row;
}

async function written(manager: EntityManager, statement: string, values: unknown[]): Promise<SearchRow> {
  const [row] = await manager.query<SearchRow[]>(statement, values);
  if (row === undefined) throw new Error('The search was written, and is not there');
  return row;
}

function tooManySearches(): ConflictError {
  return new ConflictError(
    'too-many-searches',
    `An account has at most ${MAX_SEARCHES} saved searches: delete some first`,
  );
}
