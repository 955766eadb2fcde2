import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../common/problem';
import { Statements } from '../../database/statements';
import { FIND_RELATED, type RelatedRow } from './related.queries';
import type { RelatedQuery } from './related.query';
import { RelatedNote, type RelatedResponse } from './related.response';

/** Finds notes that are about the same as another one. */
@Injectable()
export class RelatedService {
  constructor(private readonly statements: Statements) {}

  /** Live notes with most in common with a note, which may be in the trash. One statement, of bounded cost. @throws NotFoundError for the note */
  async of(userId: string, noteId: string, { limit }: RelatedQuery): Promise<RelatedResponse> {
    const rows = await this.statements.run<RelatedRow | { id: null }>(FIND_RELATED, [noteId, userId, limit]);
    if (rows.length === 0) throw new NotFoundError('note');
    const notes = rows.filter((row): row is RelatedRow => row.id !== null);
    return { data: notes.map((row) => RelatedNote.from(row)) };
  }
}
