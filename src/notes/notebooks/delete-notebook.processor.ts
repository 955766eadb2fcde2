import { Processor } from '@nestjs/bullmq';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { ProblemError } from '../../common/problem';
import type { JobContext } from '../../jobs/job-context';
import { UnrecoverableJobError } from '../../jobs/job-errors';
import { JobProcessor } from '../../jobs/job-processor';
import { lockUser } from '../note-writes';
import { deleteNotebook, type DeleteNotebookPayload } from './delete-notebook.job';
import { NotebookDeletion } from './notebook-deletion';
import { NotebookTree } from './notebook-tree';

/** Each step is decided by what is there, so an attempt that follows a crash goes on; what comes into the notebook meanwhile goes with it. */
@Processor(deleteNotebook.name, deleteNotebook.workerOptions)
export class DeleteNotebookProcessor extends JobProcessor<DeleteNotebookPayload> {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {
    super(deleteNotebook);
  }

  protected override async handle(payload: DeleteNotebookPayload, context: JobContext): Promise<null> {
    try {
      while (!(await this.step(payload, context))) context.signal.throwIfAborted();
      return null;
    } catch (error) {
      throw error instanceof ProblemError ? new UnrecoverableJobError(error) : error;
    }
  }

  /** @returns whether all is done. */
  private step({ notebookId, notes }: DeleteNotebookPayload, context: JobContext): Promise<boolean> {
    const { userId, job } = context;
    return this.dataSource.transaction(async (manager) => {
      await lockUser(manager, userId);
      const tree = await NotebookTree.load(manager, userId);
      const node = tree.get(notebookId);
      if (node === undefined) return true;
      const { moved, ended } = await new NotebookDeletion(manager, userId, tree, node, notes).step();
      job.done += moved;
      await context.progress(manager, { done: job.done });
      return ended;
    });
  }
}
