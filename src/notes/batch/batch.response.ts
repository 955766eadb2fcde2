import { ApiProperty, OmitType } from '@nestjs/swagger';
import { Problem } from '../../common/problem';
import { problemBody } from '../../common/problem.filter';
import { NoteResponse } from '../note.response';
import type { Outcome } from './note-batch.service';

/** A note without its text, which the caller knows, or does not need: a hundred may have a MiB each. */
class BatchedNoteResponse extends OmitType(NoteResponse, ['body'] as const) {}

export class BatchResultResponse {
  @ApiProperty({ type: 'integer', description: 'What a request of its own would be answered with', example: 201 })
  status!: number;

  @ApiProperty({ type: String, nullable: true, format: 'uuid', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' })
  id!: string | null;

  @ApiProperty({ type: BatchedNoteResponse, nullable: true, description: 'The note as it is now, without `body`' })
  note!: BatchedNoteResponse | null;

  @ApiProperty({ type: Problem, nullable: true, description: 'Why it was refused' })
  problem!: Problem | null;
}

export class BatchResponse {
  @ApiProperty({ type: [BatchResultResponse], description: 'A result for each operation, in order' })
  results!: BatchResultResponse[];

  static from(outcomes: Outcome[], instance: string, requestId: string): BatchResponse {
    return { results: outcomes.map((outcome) => resultOf(outcome, instance, requestId)) };
  }
}

function resultOf(outcome: Outcome, instance: string, requestId: string): BatchResultResponse {
  if ('problem' in outcome) {
    const { id, problem } = outcome;
    return { status: problem.status, id, note: null, problem: problemBody(problem, instance, requestId) };
  }
  const { body: _, ...note } = NoteResponse.from(outcome.row);
  return { status: outcome.status, id: note.id, note, problem: null };
}
