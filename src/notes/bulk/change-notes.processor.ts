import { Processor } from '@nestjs/bullmq';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { validateBody } from '../../common/validation';
import type { JobContext } from '../../jobs/job-context';
import { UnrecoverableJobError } from '../../jobs/job-errors';
import { JobProcessor } from '../../jobs/job-processor';
import { accountIsGone } from '../../users/account-is-gone';
import { lockUser } from '../note-writes';
import { placesOfRestored } from '../notebooks/notebook-places';
import { unknownNotebook } from '../notebooks/notebook-problems';
import { type BulkEdits, bulkEdits, type BulkRow } from './bulk-edit';
import { type NoteChange, NoteFilter } from './bulk.requests';
import { notebookExists, readForBulk, writeBulk } from './bulk-writes';
import { changeNotes, type ChangeNotesPayload, type ChangeNotesResult } from './change-notes.job';
import { NoteSelection } from './note-selection';

const MAX_PROBLEMS = 1_000;

/**
 * Chooses the notes first, then changes them in batches, each a transaction that also notes how far it is: an attempt that follows a crash goes on with the
 * notes that are left, and none is changed twice.
 */
@Processor(changeNotes.name, changeNotes.workerOptions)
export class ChangeNotesProcessor extends JobProcessor<ChangeNotesPayload, ChangeNotesResult> {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly selection: NoteSelection,
  ) {
    super(changeNotes);
  }

  protected override async handle(payload: ChangeNotesPayload, context: JobContext): Promise<ChangeNotesResult> {
    if (context.job.total === null) await this.choose(payload, context);
    let result = (context.job.result as ChangeNotesResult | null) ?? {
      changed: 0,
      unchanged: 0,
      refused: 0,
      problems: [],
    };
    for (;;) {
      context.signal.throwIfAborted();
      const next = await this.changeBatch(payload.change, context, result);
      if (next === undefined) return result;
      result = next;
    }
  }

  private async choose({ filter }: ChangeNotesPayload, context: JobContext): Promise<void> {
    const asked = await validateBody(NoteFilter, filter);
    await this.dataSource.transaction(async (manager) => {
      const total = await this.selection.choose(manager, context.jobId, context.userId, asked);
      await context.progress(manager, { done: 0, total });
    });
  }

  /** @returns the result with the next batch in it; undefined when there is none. */
  private changeBatch(
    change: NoteChange,
    context: JobContext,
    before: ChangeNotesResult,
  ): Promise<ChangeNotesResult | undefined> {
    return this.dataSource.transaction(async (manager) => {
      if (!(await lockUser(manager, context.userId))) throw new UnrecoverableJobError(accountIsGone());
      const ids = await this.selection.take(manager, context.jobId);
      if (ids === undefined) return undefined;
      const now = new Date();
      const rows = await readForBulk(manager, context.userId, ids);
      const edits = bulkEdits(rows, change, now);
      await this.place(manager, context.userId, rows, edits, change);
      await writeBulk(manager, context.userId, edits.changed, change, now);
      const result = withBatch(before, edits, ids.length - rows.length);
      const done = result.changed + result.unchanged + result.refused;
      await context.progress(manager, { done, result });
      return result;
    });
  }

  /** Notes that come out of the trash go back into their notebooks, unless they are to go elsewhere. */
  private async place(
    manager: EntityManager,
    userId: string,
    rows: BulkRow[],
    { changed }: BulkEdits,
    { notebookId, trashed }: NoteChange,
  ): Promise<void> {
    if (typeof notebookId === 'string' && !(await notebookExists(manager, userId, notebookId))) {
      throw new UnrecoverableJobError(unknownNotebook('change/notebookId'));
    }
    if (trashed !== false || notebookId !== undefined) return;
    const ids = new Set(changed.map(({ id }) => id));
    const places = await placesOfRestored(
      manager,
      userId,
      rows.filter(({ id }) => ids.has(id)),
    );
    for (const state of changed) state.notebookId = places.get(state.id) ?? state.notebookId;
  }
}

/** @param gone notes that somebody has removed for good: there is nothing to change */
function withBatch(
  before: ChangeNotesResult,
  { changed, unchanged, problems }: BulkEdits,
  gone: number,
): ChangeNotesResult {
  return {
    changed: before.changed + changed.length,
    unchanged: before.unchanged + unchanged + gone,
    refused: before.refused + problems.length,
    problems: [...before.problems, ...problems].slice(0, MAX_PROBLEMS),
  };
}
