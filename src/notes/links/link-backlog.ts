import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { PeriodicTask } from '../../jobs/periodic/periodic-task';
import { whileMore } from '../../jobs/periodic/while-more';
import { nextNotes } from '../note-walk';
import { lockUser } from '../note-writes';
import { type LinkingNote, writeLinks } from './link-writes';

/** Read in one transaction: the user's other writers wait for it. */
const BATCH = { notes: 50, bytes: 4 * 1024 * 1024 };

const NEXT_USER = `select user_id from note_link_backlog order by user_id limit 1`;

/** $1 the user: the texts that may have links. */
const READ = nextNotes(
  `case when position('[[' in n.body) > 0 then n.body end as body`,
  'select seq from note_link_backlog where user_id = $1',
  BATCH,
);

const GO_ON = `update note_link_backlog set seq = $2 where user_id = $1`;
const END = `delete from note_link_backlog where user_id = $1`;

/**
 * Reads the links of notes that were written before the server knew of links. A note that is written meanwhile comes again, at its new number; read twice, it has the same links. When all are read
 * there is nothing more to do, for good.
 */
@Injectable()
export class LinkBacklog extends PeriodicTask {
  readonly name = 'read links of old notes';
  readonly everyMs = 60_000;

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {
    super();
  }

  run(signal: AbortSignal): Promise<void> {
    return whileMore(signal, async () => {
      const [next] = await this.dataSource.query<{ user_id: string }[]>(NEXT_USER);
      if (next === undefined) return false;
      await this.dataSource.transaction((manager) => this.step(manager, next.user_id));
      return true;
    });
  }

  private async step(manager: EntityManager, userId: string): Promise<void> {
    // First of all locks, as for all who write notes.
    await lockUser(manager, userId);
    const batch = await manager.query<(LinkingNote & { seq: string })[]>(READ, [userId]);
    await writeLinks(
      manager,
      userId,
      batch.filter(({ body }) => body !== null),
    );
    const last = batch.at(-1);
    await (last === undefined ? manager.query(END, [userId]) : manager.query(GO_ON, [userId, last.seq]));
  }
}
