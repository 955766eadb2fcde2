import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Job } from '../../jobs/job.entity';
import { JobsService } from '../../jobs/jobs.service';
import type { BulkRequest } from './bulk.requests';
import { changeNotes } from './change-notes.job';

@Injectable()
export class NoteBulkService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly jobs: JobsService,
  ) {}

  /** Asks for a job that changes all notes that the filter finds when it begins. */
  start(userId: string, { filter, change }: BulkRequest): Promise<Job> {
    return this.dataSource.transaction((manager) =>
      this.jobs.enqueue(manager, changeNotes, { filter, change }, { userId }),
    );
  }
}
