import { ApiProperty } from '@nestjs/swagger';
import { type Job, JOB_STATUSES, type JobStatus } from './job.entity';

class JobProgressResponse {
  @ApiProperty({
    type: Number,
    nullable: true,
    minimum: 0,
    maximum: 1,
    description: 'Null while `total` is unknown',
    example: 0.5,
  })
  fraction!: number | null;

  @ApiProperty({ type: 'integer', description: 'Units of work, such as files, that are done', example: 250 })
  done!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Units of work there are; null while unknown',
    example: 500,
  })
  total!: number | null;
}

class JobErrorResponse {
  @ApiProperty({ example: 'import-refused' })
  code!: string;

  @ApiProperty({ example: 'The zip file is damaged' })
  detail!: string;
}

export class JobResponse {
  @ApiProperty({ format: 'uuid', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' })
  id!: string;

  @ApiProperty({ description: 'What kind of work it is', example: 'import-notes' })
  type!: string;

  @ApiProperty({ enum: JOB_STATUSES, enumName: 'JobStatus', example: 'active' })
  status!: JobStatus;

  @ApiProperty({ description: 'How far it is' })
  progress!: JobProgressResponse;

  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    description: 'What came of it, so far; its shape depends on `type`',
    example: { created: 250, updated: 0, skipped: 3, refused: 0, problems: [] },
  })
  result!: unknown;

  @ApiProperty({ type: JobErrorResponse, nullable: true, description: 'Of the last attempt that failed' })
  error!: JobErrorResponse | null;

  @ApiProperty({ type: 'integer', description: 'How often it was begun', example: 1 })
  attempts!: number;

  @ApiProperty({ format: 'date-time', example: '2026-11-23T18:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-11-23T18:00:00.000Z' })
  startedAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  finishedAt!: string | null;

  static from(job: Job): JobResponse {
    return {
      id: job.id,
      type: job.type,
      status: job.status,
      progress: { fraction: fractionOf(job), done: job.done, total: job.total },
      result: job.result,
      error: job.error && { code: job.error.code, detail: job.error.detail },
      attempts: job.attempts,
      createdAt: job.createdAt.toISOString(),
      startedAt: job.startedAt?.toISOString() ?? null,
      finishedAt: job.finishedAt?.toISOString() ?? null,
    };
  }
}

function fractionOf({ status, done, total }: Job): number | null {
  if (status === 'completed') return 1;
  if (total === null) return null;
  return total === 0 ? 0 : Math.min(done / total, 1);
}
