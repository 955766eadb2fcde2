import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { NIL } from 'uuid';
import { readBatches } from '../database/read-batches';
import { NOTE_ROW, type NoteRow } from './note-row';

const BATCH_NOTES = 200;
/** A batch ends at whichever comes first; bodies may have 1 MiB each. */
export const BATCH_BYTES = 4 * 1024 * 1024;

/**
 * The notes after ($2, $3) in the order of creation: as many as make up a batch, and one at least. The sizes of bodies are read without the bodies.
 * The condition is that of an index by user, time and id.
 */
const batchWhere = (condition: string): string => `
  select ${NOTE_ROW} from (
    select id, row_number() over walk as position, sum(octet_length(body)) over walk as bytes
    from (
      select id, created_at, body from notes
      where user_id = $1 and ${condition} and (created_at, id) > ($2, $3)
      order by created_at, id limit ${BATCH_NOTES}
    ) next
    window walk as (order by created_at, id)
  ) picked join notes n on n.id = picked.id
  where picked.position = 1 or coalesce(picked.bytes, 0) <= ${BATCH_BYTES}
  order by picked.position`;

const LIVE = batchWhere('deleted_at is null');
const TRASH = batchWhere('deleted_at is not null');

/** Reads all notes of a user, for exports: a batch at a time, in the order of creation. */
@Injectable()
export class NoteExport {
  /** The notes that are not in the trash. In the caller's transaction, whose snapshot decides what is there. */
  live(manager: EntityManager, userId: string): AsyncGenerator<NoteRow> {
    return read(manager, userId, LIVE);
  }

  /** The notes in the trash. */
  trash(manager: EntityManager, userId: string): AsyncGenerator<NoteRow> {
    return read(manager, userId, TRASH);
  }
}

async function* read(manager: EntityManager, userId: string, statement: string): AsyncGenerator<NoteRow> {
  const batches = readBatches<NoteRow, [Date | string, string]>(
    (after) => manager.query(statement, [userId, ...after]),
    ['-infinity', NIL],
    ({ created_at, id }) => [created_at, id],
  );
  for await (const rows of batches) yield* rows;
}
