import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../common/client';
import { Config } from '../../config/config';
import type { User } from '../../users/user.entity';
import { AuditService } from '../audit/audit.service';
import { NoticesService } from '../notices/notices.service';
import type { Identity } from './identity.entity';

type Change = 'identity-linked' | 'identity-unlinked';

/** Where a change comes from. */
interface Origin {
  client: Client;
  /** Absent when a sign-in links, whose session does not exist yet. */
  sessionId?: string;
}

const SUBJECTS: Record<Change, string> = {
  'identity-linked': 'An account at a provider was linked',
  'identity-unlinked': 'An account at a provider was unlinked',
};

/** Writes down, and tells the owner by mail, that an account at a provider signs in from now on, or no longer; in the caller's transaction. */
@Injectable()
export class IdentityChanges {
  constructor(
    private readonly audit: AuditService,
    private readonly notices: NoticesService,
    private readonly config: Config,
  ) {}

  async tell(manager: EntityManager, type: Change, owner: User, identity: Identity, origin: Origin): Promise<void> {
    const { provider, email } = identity;
    await this.audit.record(manager, { userId: owner.id, type, ...origin, detail: { provider, email } });
    const name = this.config.providerName(provider);
    const what =
      type === 'identity-linked'
        ? `An account at ${name} can sign in to your account from now on.`
        : `The account at ${name} no longer signs in to your account.`;
    await this.notices.tell(manager, owner, origin.client, { subject: SUBJECTS[type], what });
  }
}
