import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { SingleBar } from 'cli-progress';
import type { Job } from '../jobs/job.entity';
import { JobsService } from '../jobs/jobs.service';
import { JobsWorkerStarter } from '../jobs/jobs-worker-starter';
import type { ImportResult } from '../transfer/import-result';
import { ImportsService, type ImportUpload } from '../transfer/imports.service';
import { IMPORT_FORMATS } from '../transfer/readers/import-entry';
import { UsersService } from '../users/users.service';
import { zipFolder } from './zip-folder';
import { withApplication } from './with-application';

const POLL_MS = 200;

const SHOWN_PROBLEMS = 20;

/** Imports a file or a folder as `POST /imports` does: by the same job, which a running server or this command carries out. */
export async function importCommand(path: string, options: { user: string; format: string }): Promise<void> {
  const format = IMPORT_FORMATS.find((known) => known === options.format);
  if (format === undefined) throw new Error(`--format must be one of ${IMPORT_FORMATS.join(', ')}`);
  const { content, fileName } = await openPath(path);
  const job = await withApplication((application) =>
    runImport(
      application,
      { content, fileName, declaredBytes: 0, format: () => Promise.resolve(format) },
      options.user,
    ),
  );
  report(job);
}

async function openPath(path: string): Promise<{ content: Readable; fileName: string }> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new Error(`There is no file or folder ${path}`);
  const fileName = basename(path);
  return found.isDirectory()
    ? { content: await zipFolder(path), fileName: `${fileName}.zip` }
    : { content: createReadStream(path), fileName };
}

async function runImport(application: INestApplicationContext, upload: ImportUpload, email: string): Promise<Job> {
  const user = await application.get(UsersService, { strict: false }).findByEmail(email);
  if (user === null) throw new Error(`There is no account with the address ${email}`);
  const jobs = application.get(JobsService, { strict: false });
  const workers = application.get(JobsWorkerStarter, { strict: false });
  const { id } = await application.get(ImportsService, { strict: false }).start(user.id, upload);
  workers.start();
  try {
    return await followJob(() => jobs.getOwned(user.id, id));
  } finally {
    await workers.stop(5_000);
  }
}

async function followJob(read: () => Promise<Job>): Promise<Job> {
  const bar = new SingleBar({ format: '{bar} {percentage}% | {value}/{total} | {duration_formatted}' });
  bar.start(0, 0);
  try {
    for (;;) {
      const job = await read();
      bar.setTotal(job.total ?? 0);
      bar.update(job.done);
      if (!['queued', 'active'].includes(job.status)) return job;
      await sleep(POLL_MS);
    }
  } finally {
    bar.stop();
  }
}

function report(job: Job): void {
  const result = job.result as ImportResult | null;
  if (result !== null) {
    const { created, skipped, refused, problems } = result;
    process.stdout.write(`${created} created, ${skipped} skipped as duplicates, ${refused} refused\n`);
    for (const { file, line, detail } of problems.slice(0, SHOWN_PROBLEMS)) {
      process.stdout.write(`  ${file}${line === null ? '' : `:${line}`}: ${detail}\n`);
    }
    if (refused > SHOWN_PROBLEMS) process.stdout.write(`  and ${refused - SHOWN_PROBLEMS} more\n`);
  }
  if (job.status === 'completed') return;
  process.stderr.write(`The import ${job.status}: ${job.error?.detail ?? 'no reason was kept'}\n`);
  process.exitCode = 1;
}
