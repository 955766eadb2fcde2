import { Processor } from '@nestjs/bullmq';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { ProblemError } from '../common/problem';
import type { JobContext } from '../jobs/job-context';
import { UnrecoverableJobError } from '../jobs/job-errors';
import { JobProcessor } from '../jobs/job-processor';
import { deriveFields, tidyNote } from '../notes/note-fields';
import { type ImportedFields, NoteImport, type ImportOutcome } from '../notes/note-import';
import { StorageService } from '../storage/storage.service';
import { IMPORT_LIMITS } from './import-limits';
import { importNotes, type ImportNotesPayload } from './import-notes.job';
import { emptyResult, type ImportResult, withBatch } from './import-result';
import { refusal } from './imports.service';
import {
  type ImportedNote,
  type ImportEntry,
  type ImportProblem,
  ImportRefusedError,
  type ImportSource,
} from './readers/import-entry';
import { readers } from './readers';

/** A batch is one transaction; it ends at whichever comes first. */
const BATCH_ENTRIES = 250;
const BATCH_BYTES = 4 * 1024 * 1024;

/** Entries after which the planner is told that the tables have grown, and how much further the next time is. */
const FIRST_STATISTICS = 1_000;
const STATISTICS_GROWTH = 5;

interface Batch {
  entries: number;
  bytes: number;
  notes: { fields: ImportedFields; from: ImportedNote }[];
  problems: ImportProblem[];
}

/**
 * Reads the uploaded file in batches. What a batch adds and how far the import is are written in one transaction, so that an attempt that follows a crash skips
 * exactly what is done: nothing is lost, nothing doubled.
 */
@Processor(importNotes.name, importNotes.workerOptions)
export class ImportNotesProcessor extends JobProcessor<ImportNotesPayload, ImportResult> {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly storage: StorageService,
    private readonly noteImport: NoteImport,
  ) {
    super(importNotes);
  }

  protected override async handle(payload: ImportNotesPayload, context: JobContext): Promise<ImportResult> {
    const source = { path: this.storage.pathOf(payload.fileKey), fileName: payload.fileName, format: payload.format };
    try {
      return await this.importAll(source, context);
    } catch (error) {
      throw error instanceof ImportRefusedError ? new UnrecoverableJobError(refusal(error)) : error;
    }
  }

  /** The file is kept until the job has ended, for an attempt that follows a crash. */
  protected override async ended(payload: ImportNotesPayload): Promise<void> {
    await this.storage.remove(payload.fileKey);
  }

  private async importAll(source: ImportSource, context: JobContext): Promise<ImportResult> {
    const total = await countEntries(source);
    let { done } = context.job;
    let statisticsAt = done + FIRST_STATISTICS;
    let result = (context.job.result as ImportResult | null) ?? emptyResult();
    for await (const batch of batches(readers().readImport(source, IMPORT_LIMITS), done)) {
      context.signal.throwIfAborted();
      done += batch.entries;
      result = await this.dataSource.transaction(async (manager) => {
        const given = batch.notes.map(({ fields }) => fields);
        const outcomes = await this.noteImport.add(manager, context.userId, given);
        const next = withBatch(result, outcomes, [...batch.problems, ...refusals(batch, outcomes)]);
        await context.progress(manager, { done, total, result: next });
        return next;
      });
      if (done >= statisticsAt) {
        await this.noteImport.refreshStatistics(this.dataSource.manager);
        statisticsAt *= STATISTICS_GROWTH;
      }
    }
    return result;
  }
}

/** How many entries there are, for the progress. Reading a bookmarks file once more is cheap; of a zip, its directory tells. */
async function countEntries(source: ImportSource): Promise<number> {
  const { entries } = await readers().checkImport(source, IMPORT_LIMITS);
  if (entries !== null) return entries;
  let counted = 0;
  for await (const _ of readers().readImport(source, IMPORT_LIMITS)) counted += 1;
  return counted;
}

/** The entries after the first `skip`, in batches. */
async function* batches(entries: AsyncIterable<ImportEntry>, skip: number): AsyncGenerator<Batch> {
  let batch: Batch = { entries: 0, bytes: 0, notes: [], problems: [] };
  let position = 0;
  for await (const entry of entries) {
    position += 1;
    if (position <= skip) continue;
    addTo(batch, entry);
    if (batch.entries < BATCH_ENTRIES && batch.bytes < BATCH_BYTES) continue;
    yield batch;
    batch = { entries: 0, bytes: 0, notes: [], problems: [] };
  }
  if (batch.entries > 0) yield batch;
}

function addTo(batch: Batch, entry: ImportEntry): void {
  batch.entries += 1;
  if ('problem' in entry) {
    batch.problems.push(entry.problem);
    return;
  }
  const { note } = entry;
  try {
    const fields = fieldsOf(note);
    deriveFields(tidyNote(fields));
    batch.notes.push({ fields, from: note });
    batch.bytes += note.body?.length ?? 0;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    batch.problems.push(problemOf(note, error));
  }
}

/** The notes for which there was no room. */
function refusals({ notes }: Batch, outcomes: ImportOutcome[]): ImportProblem[] {
  return notes.flatMap(({ from }, at) => {
    const outcome = outcomes[at];
    return outcome instanceof ProblemError ? [problemOf(from, outcome)] : [];
  });
}

function problemOf({ file, line }: ImportedNote, { message }: ProblemError): ImportProblem {
  return { file, line, detail: message };
}

function fieldsOf(note: ImportedNote): ImportedFields {
  const createdAt = note.createdAt ?? note.updatedAt ?? new Date();
  const updatedAt = note.updatedAt ?? createdAt;
  const { title, body, url, tags, folders, pinned, language } = note;
  const archivedAt = note.archivedAt ?? (note.archived ? updatedAt : null);
  return { title, body, url, tags, folders, pinned, language, createdAt, updatedAt, archivedAt };
}
