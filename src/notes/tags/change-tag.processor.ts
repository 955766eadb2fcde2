import { Processor } from '@nestjs/bullmq';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { JobContext } from '../../jobs/job-context';
import { JobProcessor } from '../../jobs/job-processor';
import { lockUser } from '../note-writes';
import { changeTag, type ChangeTagPayload } from './change-tag.job';
import { BEGINNING, changeNextNotes, type TagCursor } from './tag-changes';

/** An attempt that follows a crash finds what is left of the tag; of a renamed one it begins again, and may change a note twice. */
@Processor(changeTag.name, changeTag.workerOptions)
export class ChangeTagProcessor extends JobProcessor<ChangeTagPayload> {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {
    super(changeTag);
  }

  protected override async handle(payload: ChangeTagPayload, context: JobContext): Promise<null> {
    let done = payload.change === 'rename' ? 0 : context.job.done;
    let after: TagCursor | null = BEGINNING;
    while (after !== null) {
      context.signal.throwIfAborted();
      const from: TagCursor = after;
      const step = await this.dataSource.transaction(async (manager) => {
        await lockUser(manager, context.userId);
        const changed = await changeNextNotes(manager, context.userId, payload, from);
        await context.progress(manager, { done: done + changed.notes });
        return changed;
      });
      done += step.notes;
      after = step.after;
    }
    return null;
  }
}
