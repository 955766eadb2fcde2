import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { NIL } from 'uuid';
import { readBatches } from '../../database/read-batches';
import { BATCH_BYTES } from '../note-export';
import { REVISION_ROW, type RevisionRow } from './revisions.queries';

/** A batch ends with so many, or with `BATCH_BYTES`. */
const BATCH_REVISIONS = 1_000;

/** $1 the user: the revisions after ($2, $3), as many as make up a batch, and one at least. */
const NEXT = `
  select ${REVISION_ROW} from (
    select note_id, version, row_number() over walk as position, sum(octet_length(body)) over walk as bytes
    from (
      select note_id, version, body from revisions
      where user_id = $1 and (note_id, version) > ($2, $3)
      order by note_id, version limit ${BATCH_REVISIONS}
    ) next
    window walk as (order by note_id, version)
  ) picked join revisions r using (note_id, version)
  where picked.position = 1 or coalesce(picked.bytes, 0) <= ${BATCH_BYTES}
  order by picked.position`;

/** Reads all revisions of a user, for exports. */
@Injectable()
export class RevisionExport {
  /** Note by note, oldest first; in the caller's transaction, whose snapshot decides what is there. */
  async *all(manager: EntityManager, userId: string): AsyncGenerator<RevisionRow> {
    const batches = readBatches<RevisionRow, [string, number]>(
      (after) => manager.query(NEXT, [userId, ...after]),
      [NIL, 0],
      ({ note_id, version }) => [note_id, version],
    );
    for await (const rows of batches) yield* rows;
  }
}
