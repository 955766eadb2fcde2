import { Processor } from '@nestjs/bullmq';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { JobContext } from '../../jobs/job-context';
import { JobProcessor } from '../../jobs/job-processor';
import { StorageService, type StoredFile } from '../../storage/storage.service';
import { AccountExport } from './account-export';
import { EXPORTS_AREA, exportAccount, exportKey, type ExportAccountResult } from './export-account.job';
import { EXPORT_KEPT_MS, ExportFiles } from './export-files';
import { ZipWriter } from './zip-writer';

const SUCCESSOR = `select from jobs where id = $1 and attempts > $2`;

/** The file is named after the job: an attempt that follows a crash replaces what the one before left. */
@Processor(exportAccount.name, exportAccount.workerOptions)
export class ExportAccountProcessor extends JobProcessor<object, ExportAccountResult> {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly storage: StorageService,
    private readonly accountExport: AccountExport,
    private readonly files: ExportFiles,
  ) {
    super(exportAccount);
  }

  protected override async handle(_: object, context: JobContext): Promise<ExportAccountResult> {
    const key = exportKey(context.jobId);
    await this.storage.removeDrafts(key);
    try {
      const { size } = await this.write(context);
      const result = { size, expiresAt: new Date(Date.now() + EXPORT_KEPT_MS).toISOString() };
      // After the file appeared: whoever cancels the job before this is told apart, and whoever does after it finds the file.
      await context.progress(this.dataSource.manager, { done: context.job.done, result });
      await this.files.removeOthers(context.userId, context.jobId);
      return result;
    } catch (error) {
      if (!(await this.hasSuccessor(context))) await this.storage.remove(key);
      throw error;
    }
  }

  /** Whether another attempt has begun, whose file it is now. */
  private async hasSuccessor({ jobId, attempt }: JobContext): Promise<boolean> {
    const rows = await this.dataSource.query<object[]>(SUCCESSOR, [jobId, attempt]);
    return rows.length > 0;
  }

  private async write(context: JobContext): Promise<StoredFile> {
    const zip = new ZipWriter();
    const stored = this.storage.receive(EXPORTS_AREA, zip.output, context.jobId);
    const written = this.accountExport.write(context.userId, zip, async (done, total) => {
      context.signal.throwIfAborted();
      await context.progress(this.dataSource.manager, { done, total });
      context.job.done = done;
    });
    // The reason is with the writer, if it failed; the reader only learns that there was one.
    const [writing, storing] = await Promise.allSettled([written, stored]);
    if (writing.status === 'rejected' && storing.status === 'rejected') {
      throw isAbort(writing.reason) ? storing.reason : writing.reason;
    }
    if (writing.status === 'rejected') throw writing.reason;
    if (storing.status === 'rejected') throw storing.reason;
    return storing.value;
  }
}

/** That the reader had given up: the reason is with the reader. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
