import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { ProblemError } from '../common/problem';
import { Config } from '../config/config';
import { IdempotencyService } from '../idempotency/idempotency.service';
import type { Job } from '../jobs/job.entity';
import { JobsService } from '../jobs/jobs.service';
import { StorageService } from '../storage/storage.service';
import { IMPORT_LIMITS } from './import-limits';
import { importNotes } from './import-notes.job';
import { readers } from './readers';
import { type ImportFormat, ImportRefusedError } from './readers/import-entry';

/** Where uploaded files wait for their import. */
export const IMPORTS_AREA = 'imports';

export interface ImportUpload {
  content: Readable & { truncated?: boolean };
  fileName: string;
  /** How large the request says it is; 0 when it does not say. */
  declaredBytes: number;
  /** Asked for once the content has been read: in a multipart request it may come after the file. */
  format(): Promise<ImportFormat>;
}

/** What a multipart request holds beside the file, at most. */
const MULTIPART_OVERHEAD = 64 * 1024;

@Injectable()
export class ImportsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly storage: StorageService,
    private readonly jobs: JobsService,
    private readonly idempotency: IdempotencyService,
    private readonly config: Config,
  ) {}

  /**
   * Keeps the uploaded file, looks at it, and asks for its import.
   * @throws ProblemError `import-refused` (413, 415 or 422, with `reason`) for a file that cannot be imported: nothing of it is kept.
   */
  async start(userId: string, upload: ImportUpload): Promise<Job> {
    const limit = this.config.IMPORT_LIMIT_BYTES;
    if (upload.declaredBytes > limit + MULTIPART_OVERHEAD) throw refusal(tooLarge(limit));
    const { key } = await this.storage.receive(IMPORTS_AREA, upload.content);
    try {
      if (upload.content.truncated) throw tooLarge(limit);
      const { fileName } = upload;
      const format = await upload.format();
      await readers().checkImport({ path: this.storage.pathOf(key), fileName, format }, IMPORT_LIMITS);
      // The upload may take minutes, which no transaction should.
      await this.idempotency.begin(async () => JSON.stringify([fileName, format, await this.hashOf(key)]));
      const payload = { fileKey: key, fileName, format };
      return await this.dataSource.transaction((manager) =>
        this.jobs.enqueue(manager, importNotes, payload, { userId }),
      );
    } catch (error) {
      await this.storage.remove(key);
      throw error instanceof ImportRefusedError ? refusal(error) : error;
    }
  }

  private async hashOf(key: string): Promise<string> {
    const hash = createHash('sha256');
    await pipeline(createReadStream(this.storage.pathOf(key)), hash);
    return hash.digest('hex');
  }
}

/** The problem that a refused file is. */
export function refusal(error: ImportRefusedError): ProblemError {
  const status = { 'too-large': 413, 'unsupported-type': 415 }[error.code as string] ?? 422;
  return new ProblemError(status, 'import-refused', 'The file cannot be imported', error.message, {
    extensions: { reason: error.code },
    // The rest of a file that is too large is not waited for.
    ...(status === 413 && { headers: { Connection: 'close' } }),
  });
}

function tooLarge(limit: number): ImportRefusedError {
  return new ImportRefusedError(
    'too-large',
    `The file is larger than ${limit} bytes, the limit of this server (IMPORT_LIMIT_BYTES)`,
  );
}
