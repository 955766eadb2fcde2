import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SqlParams } from '../../database/sql-params';
import { ConditionReader } from '../note-conditions';
import { SearchesService } from '../searches/searches.service';
import type { NoteFilter } from './bulk.requests';

/** Notes that one transaction changes. */
const BATCH = 250;

/** $1 the job. */
const TAKE = `
  with taken as (
    delete from note_selections where job_id = $1 and part = (select min(part) from note_selections where job_id = $1)
    returning note_ids
  )
  select note_ids as ids from taken`;

/**
 * The notes that a job is still to change: chosen once, so that what it changes, or somebody else does meanwhile, neither adds to them nor takes from them.
 */
@Injectable()
export class NoteSelection {
  constructor(
    private readonly conditions: ConditionReader,
    private readonly searches: SearchesService,
  ) {}

  /** Keeps which notes of the user the filter finds, oldest first. @returns how many. */
  async choose(manager: EntityManager, jobId: string, userId: string, asked: NoteFilter): Promise<number> {
    const saved = await this.searches.partsOf(userId, asked);
    if (saved === null) return 0;
    const filter = { ...asked, ...saved };
    const params = new SqlParams([userId]);
    const { from, where, createdAt, id, search } = await this.conditions.read(filter, params, true);
    if (search === null && filter.q !== undefined) return 0;
    const [{ count = 0 } = {}] = await manager.query<{ count: number }[]>(
      `with found as (
         select ${id} as id, row_number() over (order by ${createdAt}, ${id}) as position
         from ${from} where ${where.join(' and ')}
       ),
       kept as (
         insert into note_selections (job_id, part, note_ids)
         select ${params.add(jobId)}, (position - 1) / ${BATCH}, array_agg(id order by position) from found group by 2
         returning cardinality(note_ids) as size
       )
       select coalesce(sum(size), 0)::integer as count from kept`,
      params.values,
    );
    return count;
  }

  /** The next notes, which are then no longer to be changed; undefined when there are none. */
  async take(manager: EntityManager, jobId: string): Promise<string[] | undefined> {
    const [taken] = await manager.query<{ ids: string[] }[]>(TAKE, [jobId]);
    return taken?.ids;
  }
}
