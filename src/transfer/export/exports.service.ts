import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In } from 'typeorm';
import { AuditService } from '../../auth/audit/audit.service';
import type { Client } from '../../common/client';
import type { SessionUser } from '../../common/current-user';
import { ConflictError, NotFoundError } from '../../common/problem';
import { Job } from '../../jobs/job.entity';
import { JobsService } from '../../jobs/jobs.service';
import { StorageService } from '../../storage/storage.service';
import { lockUser } from '../../users/lock-user';
import { exportAccount, exportKey, type ExportAccountResult } from './export-account.job';

export interface OpenExport {
  content: Readable;
  /** Bytes. */
  size: number;
  fileName: string;
}

@Injectable()
export class ExportsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly jobs: JobsService,
    private readonly storage: StorageService,
    private readonly audit: AuditService,
  ) {}

  /** Asks for an export. @throws ConflictError `conflict` while another one of the user is being made. */
  async start({ id: userId, sessionId }: SessionUser, client: Client): Promise<Job> {
    return this.dataSource.transaction(async (manager) => {
      await lockUser(manager, userId);
      const unfinished = { userId, type: exportAccount.name, status: In(['queued', 'active']) };
      if (await manager.existsBy(Job, unfinished)) {
        throw new ConflictError('conflict', 'An export is being made: wait until it is done');
      }
      await this.audit.record(manager, { userId, type: 'export-requested', client, sessionId });
      return this.jobs.enqueue(manager, exportAccount, {}, { userId });
    });
  }

  /** Opens a finished export. @throws NotFoundError when there is none, not yet or no more, or it is not this user's. */
  async open(userId: string, jobId: string): Promise<OpenExport> {
    const job = await this.jobs.getOwned(userId, jobId);
    const result = job.result as ExportAccountResult | null;
    const isDone = job.type === exportAccount.name && job.status === 'completed' && result !== null;
    if (!isDone || new Date(result.expiresAt) <= new Date()) throw new NotFoundError('export');
    const file = await this.storage.open(exportKey(jobId));
    if (file === undefined) throw new NotFoundError('export');
    return { ...file, fileName: `commonplace-${job.createdAt.toISOString().slice(0, 10)}.zip` };
  }
}
