import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { NIL } from 'uuid';
import { requireMatch } from '../../common/etag';
import { decodeCursor, encodeCursor, type Page, type PageQuery, pageOf } from '../../common/page';
import { ConflictError, NotFoundError, ValidationFailedError } from '../../common/problem';
import { Statements } from '../../database/statements';
import type { Job } from '../../jobs/job.entity';
import { JobsService } from '../../jobs/jobs.service';
import { idIn, textIn } from '../note-cursor';
import { lockWriter } from '../note-writes';
import { cleanTagName, tagKey } from '../tag-name';
import { changeTag, type ChangeTagPayload } from './change-tag.job';
import { changeAllNotes, tooManyNotes } from './tag-changes';
import { TagResponse, type TagRow } from './tag.response';
import { FIND_TAG, GET_TAG, isChanging, LIST_TAGS, readTag, renameTag } from './tags.queries';

const KIND = 'tags';

/** A tag after a change, or the job that is to finish it. */
export type TagOrJob = { tag: TagRow } | { job: Job };

/** Tags by themselves. Writing notes makes them; here they are changed, on all notes that have them. */
@Injectable()
export class TagsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly statements: Statements,
    private readonly jobs: JobsService,
  ) {}

  /** The one door to a tag. @throws NotFoundError when there is none, or it is another user's. */
  async getOwned(userId: string, id: string): Promise<TagRow> {
    const [row] = await this.statements.run<TagRow>(GET_TAG, [id, userId]);
    if (row === undefined) throw new NotFoundError('tag');
    return row;
  }

  /** Tags by name. @throws MalformedRequestError when the cursor is not of this list. */
  async list(userId: string, query: PageQuery): Promise<Page<TagResponse>> {
    const [key, id] = query.cursor === undefined ? ['', NIL] : decodeCursor(KIND, query.cursor, 2);
    const rows = await this.statements.run<TagRow>(LIST_TAGS, [userId, textIn(key), idIn(id), query.limit + 1]);
    return pageOf(rows, query.limit, TagResponse.from, (row) => encodeCursor(KIND, [row.name_key, row.id]));
  }

  /**
   * Gives a tag another name, or another spelling of it. The same name leaves the version alone.
   * @returns the tag, or a job when more than 1,000 notes have it.
   * @throws NotFoundError; PreconditionFailedError; ConflictError `tag-exists` with `existingId`, `conflict` while a job changes the tag.
   */
  rename(userId: string, id: string, name: string, ifMatch: string | undefined): Promise<TagOrJob> {
    return this.change(userId, id, ifMatch, async (manager, tag) => {
      const [clean, key] = [cleanTagName(name), tagKey(name)];
      if (clean === tag.name) return { tag };
      const [there] = await manager.query<{ id: string }[]>(FIND_TAG, [userId, key, id]);
      if (there !== undefined) {
        const detail = 'There is a tag of this name, which this one can be merged into: see existingId';
        throw new ConflictError('tag-exists', detail, { existingId: there.id });
      }
      const total = await tooManyNotes(manager, id);
      await renameTag(manager, userId, id, { name: clean, key, inSteps: total !== null });
      const job = await this.apply(manager, userId, { tagId: id, change: 'rename', into: null }, total);
      return job === null ? { tag: await readTag(manager, userId, id) } : { job };
    });
  }

  /**
   * Gives the notes of a tag another one instead, and removes it.
   * @returns the tag that stays, or a job when more than 1,000 notes have the one that goes.
   * @throws NotFoundError; ValidationFailedError for an unknown tag to merge into; PreconditionFailedError; ConflictError `conflict`.
   */
  merge(userId: string, id: string, into: string, ifMatch: string | undefined): Promise<TagOrJob> {
    return this.change(userId, id, ifMatch, async (manager) => {
      const [target] = await manager.query<object[]>(GET_TAG.text, [into, userId]);
      if (target === undefined || into === id) throw unknownTarget();
      await requireQuiet(manager, userId, into);
      const total = await tooManyNotes(manager, id);
      const job = await this.apply(manager, userId, { tagId: id, change: 'merge', into }, total);
      return job === null ? { tag: await readTag(manager, userId, into) } : { job };
    });
  }

  /**
   * Takes a tag off all notes, and removes it.
   * @returns null when it is done; the job that does it when more than 1,000 notes have it.
   * @throws NotFoundError; PreconditionFailedError; ConflictError `conflict` while a job changes the tag.
   */
  delete(userId: string, id: string, ifMatch: string | undefined): Promise<Job | null> {
    return this.change(userId, id, ifMatch, async (manager) => {
      const total = await tooManyNotes(manager, id);
      return this.apply(manager, userId, { tagId: id, change: 'delete', into: null }, total);
    });
  }

  /** Changes the notes at once, or asks for a job when there are too many (`total`). */
  private async apply(
    manager: EntityManager,
    userId: string,
    payload: ChangeTagPayload,
    total: number | null,
  ): Promise<Job | null> {
    if (total !== null) return this.jobs.enqueue(manager, changeTag, payload, { userId, total });
    await changeAllNotes(manager, userId, payload);
    return null;
  }

  private change<T>(
    userId: string,
    id: string,
    ifMatch: string | undefined,
    change: (manager: EntityManager, tag: TagRow) => Promise<T>,
  ): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      const { requireIfMatch } = await lockWriter(manager, userId);
      const tag = await readTag(manager, userId, id);
      requireMatch(ifMatch, tag.version, requireIfMatch);
      await requireQuiet(manager, userId, id);
      return change(manager, tag);
    });
  }
}

async function requireQuiet(manager: EntityManager, userId: string, id: string): Promise<void> {
  if (!(await isChanging(manager, userId, id))) return;
  throw new ConflictError('conflict', 'A job is changing this tag: wait until it is done');
}

function unknownTarget(): ValidationFailedError {
  return new ValidationFailedError([
    { pointer: '#/into', detail: 'must be the id of another tag of yours', code: 'isTag' },
  ]);
}
