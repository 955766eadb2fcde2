import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Client } from '../../common/client';
import type { SessionUser } from '../../common/current-user';
import { UnauthorizedError } from '../../common/problem';
import { AuditService } from '../audit/audit.service';
import { SignInDelays } from '../limits/sign-in-delays';
import { verifyPassword } from './passwords';

/** What a session asks its user's password for. */
export type ProvenAction = 'reauthenticate' | 'change-password' | 'delete-account';

/** The password as proof that it is really the user who asks, in a session that is there already. */
@Injectable()
export class PasswordProof {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly delays: SignInDelays,
    private readonly audit: AuditService,
  ) {}

  /**
   * Whether `password` is the one of `hash`, the user's. A wrong one is in the activity, and delays the session, whatever it was given for: guesses
   * elsewhere do not delay it, nor it others.
   * @throws ProblemError `too-many-requests` too soon after failures, 503 when too many passwords wait to be hashed
   */
  async isRight(
    { id: userId, sessionId }: Pick<SessionUser, 'id' | 'sessionId'>,
    hash: string | null,
    password: string,
    { action, client }: { action: ProvenAction; client: Client },
  ): Promise<boolean> {
    try {
      await this.delays.guess({ target: `session:${sessionId}`, client }, async () => {
        if (!(await verifyPassword(hash, password))) throw new UnauthorizedError('The password is wrong');
      });
      return true;
    } catch (error) {
      if (!(error instanceof UnauthorizedError)) throw error;
      const detail = { method: 'password', action };
      await this.audit.record(this.dataSource.manager, { userId, type: 'sign-in-failed', client, sessionId, detail });
      return false;
    }
  }
}
