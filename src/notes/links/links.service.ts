import { Injectable } from '@nestjs/common';
import { MAX } from 'uuid';
import { createdCursor, readCreatedCursor } from '../../common/created-cursor';
import { type Page, pageOf, type PageQuery } from '../../common/page';
import { NotFoundError } from '../../common/problem';
import { Statements } from '../../database/statements';
import { type BacklinkRow, type LinkRow, LIST_BACKLINKS, LIST_LINKS } from './links.queries';
import { BacklinkResponse, LinkResponse, type LinksResponse } from './links.response';

/** Where the links of notes lead, and where they come from, as of now: what they name may be renamed, made or restored at any time. */
@Injectable()
export class LinksService {
  constructor(private readonly statements: Statements) {}

  /** The links of a note, also of one in the trash. One statement. @throws NotFoundError for the note */
  async list(userId: string, noteId: string): Promise<LinksResponse> {
    const rows = await this.statements.run<LinkRow | { target: null }>(LIST_LINKS, [noteId, userId]);
    if (rows.length === 0) throw new NotFoundError('note');
    const links = rows.filter((row): row is LinkRow => row.target !== null);
    return { data: links.map(LinkResponse.from) };
  }

  /**
   * The live notes that link to a note, newest creation first; none for one in the trash, since no link leads there. One statement.
   * @throws NotFoundError for the note; MalformedRequestError when the cursor is not of this list
   */
  async backlinks(userId: string, noteId: string, { limit, cursor }: PageQuery): Promise<Page<BacklinkResponse>> {
    const kind = `backlinks ${noteId}`;
    const before = cursor === undefined ? { createdAt: 'infinity', id: MAX } : readCreatedCursor(kind, cursor);
    const values = [noteId, userId, before.createdAt, before.id, limit + 1];
    const rows = await this.statements.run<BacklinkRow | { id: null }>(LIST_BACKLINKS, values);
    if (rows.length === 0) throw new NotFoundError('note');
    const notes = rows.filter((row): row is BacklinkRow => row.id !== null);
    return pageOf(
      notes,
      limit,
      (row) => BacklinkResponse.from(row),
      ({ id, created_at }) => createdCursor(kind, { id, createdAt: created_at }),
    );
  }
}
