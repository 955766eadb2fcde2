import { Injectable } from '@nestjs/common';
import type { AuthenticatedUser } from '../../common/current-user';
import { type Statement, Statements } from '../../database/statements';
import { RevokedSessions } from '../sessions/revoked-sessions';

/** $1 ids of access tokens: those that are not revoked, of accounts that can be used. */
const WORKING_TOKENS: Statement = {
  name: 'working-access-tokens',
  quick: true,
  text: `
    select t.id from access_tokens t join users u on u.id = t.user_id
    where t.id = any($1::uuid[]) and u.disabled_at is null and u.delete_after is null`,
};

/** For answers that go on for long: whether who asked may still have them. */
@Injectable()
export class EndedCredentials {
  constructor(
    private readonly statements: Statements,
    private readonly revoked: RevokedSessions,
  ) {}

  /** Those of the given users whose session or access token has expired or was ended since; one query at most. Sessions that another replica ended are known within 5 s. */
  async among(users: readonly AuthenticatedUser[]): Promise<Set<AuthenticatedUser>> {
    const tokens = new Set(users.flatMap(({ credential }) => tokenOf(credential)));
    const rows = tokens.size === 0 ? [] : await this.statements.run<{ id: string }>(WORKING_TOKENS, [[...tokens]]);
    const working = new Set(rows.map(({ id }) => id));
    const isEnded = ({ credential, expiresAt }: AuthenticatedUser): boolean =>
      expiresAt <= Date.now() ||
      (credential.kind === 'session' ? this.revoked.has(credential.sessionId) : !working.has(credential.accessTokenId));
    return new Set(users.filter(isEnded));
  }
}

function tokenOf(credential: AuthenticatedUser['credential']): string[] {
  return credential.kind === 'access-token' ? [credential.accessTokenId] : [];
}
