import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { MAX } from 'uuid';
import type { AuditEventType } from '../auth/audit/audit-event.entity';
import { AuditService } from '../auth/audit/audit.service';
import { hashPassword } from '../auth/passwords/passwords';
import type { Client } from '../common/client';
import type { Author } from '../common/current-user';
import { requireMatch } from '../common/etag';
import { idCursor, readIdCursor } from '../common/id-cursor';
import { type Page, pageOf } from '../common/page';
import { ConflictError, NotFoundError } from '../common/problem';
import { secretHash } from '../common/secret-token';
import { newId } from '../common/uuid';
import { Statements } from '../database/statements';
import { type LockedUser, lockWriter } from '../notes/note-writes';
import { requireOutOfTrash } from '../notes/trash/in-trash';
import { newShareToken } from './share-token';
import type { CreateShareRequest, ListSharesQuery, UpdateShareRequest } from './share.requests';
import { ShareResponse } from './share.response';
import {
  DELETE_SHARE,
  FIND_NOTE,
  GET_SHARE,
  INSERT_SHARE,
  LIST_NOTE_SHARES,
  LIST_SHARES,
  type ShareRow,
  UPDATE_SHARE,
} from './shares.queries';

/** The most shares of a note: a list that a person can read. Expired ones count, since they can be made good again. */
const MOST_SHARES = 100;

/** Links to notes for people without an account: made, changed, listed and revoked by the owner of the note. All changes are made under the lock of the user's row. */
@Injectable()
export class SharesService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly statements: Statements,
    private readonly audit: AuditService,
  ) {}

  /** The one door to a share. @throws NotFoundError when there is none, or it is another user's. */
  async getOwned(userId: string, id: string): Promise<ShareRow> {
    const [row] = await this.statements.run<ShareRow>(GET_SHARE, [id, userId]);
    if (row === undefined) throw new NotFoundError('share');
    return row;
  }

  /** Shares of the user, or of one note, newest first. @throws MalformedRequestError when the cursor is not of this list. */
  async list(userId: string, { limit, cursor, note }: ListSharesQuery): Promise<Page<ShareResponse>> {
    const kind = note === undefined ? 'shares' : `shares of ${note}`;
    const values = [userId, cursor === undefined ? MAX : readIdCursor(kind, cursor), limit + 1];
    const rows = await (note === undefined
      ? this.statements.run<ShareRow>(LIST_SHARES, values)
      : this.statements.run<ShareRow>(LIST_NOTE_SHARES, [...values, note]));
    return pageOf(rows, limit, ShareResponse.from, (row) => idCursor(kind, row));
  }

  /**
   * Makes a share. The token is given here, and kept nowhere.
   * @throws NotFoundError when there is no such note of the user; ConflictError `note-in-trash`, `too-many-shares`; UnavailableError when too many passwords wait to be hashed
   */
  async create(
    author: Author,
    noteId: string,
    { password = null, expiresAt = null }: CreateShareRequest,
    client: Client,
  ): Promise<{ share: ShareRow; token: string }> {
    // Outside the transaction: it takes a while.
    const passwordHash = password === null ? null : await hashPassword(password);
    const token = newShareToken();
    const share = await this.locked(author.id, async (manager) => {
      await requireRoom(manager, author.id, noteId);
      const values = [newId(), author.id, noteId, secretHash(token), passwordHash, expiresAt];
      const made = await written(manager, INSERT_SHARE, values);
      await this.record(manager, 'share-made', made, author, client);
      return made;
    });
    return { share, token };
  }

  /**
   * A patch without a password that leaves the end as it is changes nothing, nor the version; one with a password always does, since nobody knows the one before.
   * @throws NotFoundError; PreconditionFailedError; PreconditionRequiredError; UnavailableError when too many passwords wait to be hashed
   */
  async update(userId: string, id: string, patch: UpdateShareRequest, ifMatch: string | undefined): Promise<ShareRow> {
    const passwordHash = typeof patch.password === 'string' ? await hashPassword(patch.password) : null;
    return this.locked(userId, async (manager, user) => {
      const row = await readLocked(manager, user, id, ifMatch);
      const { expiresAt = row.expires_at } = patch;
      const setsPassword = patch.password !== undefined && (passwordHash !== null || row.has_password);
      if (!setsPassword && expiresAt?.getTime() === row.expires_at?.getTime()) return row;
      return written(manager, UPDATE_SHARE, [id, userId, setsPassword, passwordHash, expiresAt]);
    });
  }

  /** Of two at once, one revokes it. @throws NotFoundError; PreconditionFailedError; PreconditionRequiredError */
  revoke(author: Author, id: string, ifMatch: string | undefined, client: Client): Promise<void> {
    return this.locked(author.id, async (manager, user) => {
      const row = await readLocked(manager, user, id, ifMatch);
      await manager.query(DELETE_SHARE, [id, author.id]);
      await this.record(manager, 'share-revoked', row, author, client);
    });
  }

  private record(
    manager: EntityManager,
    type: AuditEventType,
    { id, note_id: noteId }: ShareRow,
    { id: userId, credential }: Author,
    client: Client,
  ): Promise<void> {
    const sessionId = credential.kind === 'session' ? credential.sessionId : null;
    return this.audit.record(manager, { userId, type, client, sessionId, detail: { shareId: id, noteId } });
  }

  private locked<T>(userId: string, write: (manager: EntityManager, user: LockedUser) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => write(manager, await lockWriter(manager, userId)));
  }
}

async function requireRoom(manager: EntityManager, userId: string, noteId: string): Promise<void> {
  const [note] = await manager.query<{ deleted_at: Date | null; shares: number }[]>(FIND_NOTE, [noteId, userId]);
  if (note === undefined) throw new NotFoundError('note');
  requireOutOfTrash(note);
  if (note.shares >= MOST_SHARES) {
    const detail = `A note has at most ${MOST_SHARES} shares, expired ones too: revoke one that is no longer used`;
    throw new ConflictError('too-many-shares', detail);
  }
}

async function readLocked(
  manager: EntityManager,
  user: LockedUser,
  id: string,
  ifMatch: string | undefined,
): Promise<ShareRow> {
  const [row] = await manager.query<ShareRow[]>(GET_SHARE.text, [id, user.id]);
  if (row === undefined) throw new NotFoundError('share');
  requireMatch(ifMatch, row.version, user.requireIfMatch);
  return row;
}

async function written(manager: EntityManager, statement: string, values: unknown[]): Promise<ShareRow> {
  const [row] = await manager.query<ShareRow[]>(statement, values);
  if (row === undefined) throw new Error('The share was written, and is not there');
  return row;
}
