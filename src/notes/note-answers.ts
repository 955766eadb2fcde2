import { ApiConflictResponse, ApiNotFoundResponse, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { etagOf } from '../common/etag';
import { EXISTING_ID } from '../common/etag.decorator';
import { problemWith } from '../common/problem.decorator';
import type { NoteRow } from './note-row';
import { NoteResponse } from './note.response';

export const NO_NOTE = ApiNotFoundResponse({ description: 'There is no such note, or it is not yours' });

export const DUPLICATE = ApiConflictResponse({
  description: '`duplicate-url`, with `existingId`: a bookmark of this address exists',
  ...EXISTING_ID,
});

export const NO_ROOM = ApiUnprocessableEntityResponse({
  description: '`quota-exceeded`, with `limit`, `maximum` and `used`: the account would keep more than it may',
  ...problemWith({
    limit: { type: 'string', enum: ['notes', 'bytes'], example: 'notes' },
    maximum: { type: 'integer', example: 10_000 },
    used: { type: 'integer', example: 10_000 },
  }),
});

/** A note as an answer, with its `ETag`. */
export function answerNote(reply: FastifyReply, note: NoteRow): NoteResponse {
  void reply.header('ETag', etagOf(note.version));
  return NoteResponse.from(note);
}
