import { Injectable } from '@nestjs/common';
import { NIL } from 'uuid';
import { Config } from '../../config/config';
import { Statements } from '../../database/statements';
import { PeriodicTask } from '../../jobs/periodic/periodic-task';
import { whileMore } from '../../jobs/periodic/while-more';

/** Rows removed at once: a text of 1 MiB has hundreds of parts, so some seconds at most. */
const BATCH = 1_000;

/** Notes looked at in one statement. */
const NOTES = 200;

/** Rows that somebody has locked are passed over: another process is at it, or the note goes. */
const LOCKED = `
  locked as (
    select r.note_id, r.version from revisions r join excess e using (note_id, version) for update of r skip locked
  ),
  removed as (
    delete from revisions r using locked l where r.note_id = l.note_id and r.version = l.version returning r.version
  )`;

const COUNTS = `select (select count(*)::integer from excess) as found, (select count(*)::integer from removed) as removed`;

interface Counts {
  found: number;
  removed: number;
}

/** Whether there may be more of the same. Of processes that meet, the one that removed something goes on. */
const mayBeMore = ({ found, removed }: Counts): boolean => found === BATCH && removed > 0;

/** $1 days. */
const REMOVE_OLD = {
  name: 'remove-old-revisions',
  text: `
    with excess as (
      select note_id, version from revisions where replaced_at < now() - make_interval(days => $1)
      order by replaced_at limit ${BATCH}
    ), ${LOCKED}
    ${COUNTS}`,
};

/** $1 a note: of those behind it, in the order of ids, the revisions beyond the newest $2 of each. Whoever has none is passed over by the index. */
const REMOVE_BEYOND = {
  name: 'remove-revisions-beyond',
  text: `
    with recursive walk(note_id, step) as (
      (select note_id, 1 from revisions where note_id > $1 order by note_id limit 1)
      union all
      select next.note_id, walk.step + 1
      from walk cross join lateral (
        select r.note_id from revisions r where r.note_id > walk.note_id order by r.note_id limit 1
      ) next
      where walk.step < ${NOTES}
    ),
    excess as (
      select beyond.* from walk cross join lateral (
        select r.note_id, r.version from revisions r where r.note_id = walk.note_id order by r.version desc offset $2
      ) beyond
      limit ${BATCH}
    ), ${LOCKED}
    ${COUNTS}, (select note_id from walk order by step desc limit 1) as last`,
};

/** Removes revisions that were replaced too long ago, and those of a note beyond the newest. */
@Injectable()
export class RevisionRetention extends PeriodicTask {
  readonly name = 'remove old revisions';
  readonly everyMs = 6 * 3_600_000;

  constructor(
    private readonly statements: Statements,
    private readonly config: Config,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<void> {
    await whileMore(signal, async () => {
      const [row] = await this.statements.run<Counts>(REMOVE_OLD, [this.config.REVISIONS_KEEP_DAYS]);
      return row !== undefined && mayBeMore(row);
    });
    await this.removeBeyond(signal);
  }

  private async removeBeyond(signal: AbortSignal): Promise<void> {
    let after: string | null = NIL;
    while (after !== null && !signal.aborted) {
      const values: unknown[] = [after, this.config.REVISIONS_KEEP_COUNT];
      const [row] = await this.statements.run<Counts & { last: string | null }>(REMOVE_BEYOND, values);
      if (row === undefined || !mayBeMore(row)) after = row?.last ?? null;
    }
  }
}
