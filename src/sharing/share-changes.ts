import { Injectable } from '@nestjs/common';
import { Statements } from '../database/statements';
import type { ChangedEntity } from '../notes/changes/change.response';
import { NOTHING, SyncedType } from '../notes/changes/synced-type';
import { syncedShare } from './share.response';
import { GET_SHARES, type ShareRow } from './shares.queries';

/** Shares in the feed of changes. */
@Injectable()
export class ShareChanges extends SyncedType {
  readonly type = 'share';

  constructor(private readonly statements: Statements) {
    super();
  }

  override async read(userId: string, ids: string[]): Promise<Map<string, ChangedEntity>> {
    const rows = await this.statements.run<ShareRow>(GET_SHARES, [userId, ids]);
    return new Map(rows.map((row) => [row.id, { ...NOTHING, share: syncedShare(row) }]));
  }
}
