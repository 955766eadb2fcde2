import { Injectable } from '@nestjs/common';
import { decodeCursor, encodeCursor, type Page, pageOf, type PageQuery } from '../../common/page';
import { MalformedRequestError, NotFoundError } from '../../common/problem';
import { Statements } from '../../database/statements';
import type { DiffQuery } from './diff.query';
import { RevisionListItem, type RevisionDiffResponse } from './revision.response';
import { diffTexts, unified } from './revision-diff';
import { MAX_VERSION, parseVersion } from './revision-version';
import {
  GET_REVISION,
  LIST_REVISIONS,
  type NoteTextRow,
  READ_TEXTS,
  type RevisionHeadRow,
  type RevisionRow,
} from './revisions.queries';

/** What notes said before: read only. The database keeps it, whoever writes. */
@Injectable()
export class RevisionsService {
  constructor(private readonly statements: Statements) {}

  /** Former states of a note, newest first, in the trash too. @throws NotFoundError for the note; MalformedRequestError when the cursor is not of this list */
  async list(userId: string, noteId: string, { limit, cursor }: PageQuery): Promise<Page<RevisionListItem>> {
    const kind = `revisions ${noteId}`;
    const before = cursor === undefined ? MAX_VERSION : versionIn(kind, cursor);
    const values = [noteId, userId, before, limit + 1];
    const rows = await this.statements.run<RevisionHeadRow | { version: null }>(LIST_REVISIONS, values);
    if (rows.length === 0) throw new NotFoundError('note');
    const revisions = rows.filter((row): row is RevisionHeadRow => row.version !== null);
    return pageOf(
      revisions,
      limit,
      (row) => RevisionListItem.from(row),
      ({ version }) => encodeCursor(kind, [version]),
    );
  }

  /** @throws NotFoundError when there is no such revision, or it is another user's. */
  async getOwned(userId: string, noteId: string, version: number): Promise<RevisionRow> {
    const [row] = await this.statements.run<RevisionRow>(GET_REVISION, [noteId, userId, version]);
    if (row === undefined) throw new NotFoundError('revision');
    return row;
  }

  /**
   * What became of a state of a note; the version that the note has now may be named, too.
   * @throws NotFoundError when one of both is not kept; ProblemError `diff-refused`
   */
  async compare(
    userId: string,
    noteId: string,
    version: number,
    { against = 'current' }: DiffQuery,
  ): Promise<RevisionDiffResponse> {
    const other = parseVersion(against);
    const values = [noteId, userId, [version, ...(other === undefined ? [] : [other])]];
    const texts = await this.statements.run<NoteTextRow>(READ_TEXTS, values);
    const from = texts.find((text) => text.version === version);
    const to = texts.find((text) => (other === undefined ? text.is_current : text.version === other));
    if (from === undefined || to === undefined) throw new NotFoundError('revision');
    const fields = diffTexts(from, to);
    return { from: from.version, to: to.version, fields, unified: unified(from, to, fields) };
  }
}

function versionIn(kind: string, cursor: string): number {
  const [version] = decodeCursor(kind, cursor, 1);
  if (typeof version === 'number' && Number.isInteger(version) && version > 0 && version <= MAX_VERSION) return version;
  throw new MalformedRequestError('cursor is not one that this list gave: start again without it');
}
