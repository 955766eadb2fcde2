import { Injectable } from '@nestjs/common';
import type { AuthenticatedUser } from '../../common/current-user';
import { UnauthorizedError } from '../../common/problem';
import type { Scope } from '../../common/scopes';
import { secretHash } from '../../common/secret-token';
import { ShortCache } from '../../common/short-cache';
import { type Statement, Statements } from '../../database/statements';
import type { UserRole } from '../../users/user.entity';
import { isAccessToken } from './access-token';

/** How long another replica may still take a token that was revoked, or one of an account that was disabled. */
const CACHE_MS = 5_000;
const CACHE_SIZE = 10_000;

/** $1 the hash. */
const FIND_ACCESS_TOKEN: Statement = {
  name: 'find-access-token',
  quick: true,
  text: `
    select t.id, t.scopes, t.expires_at, t.user_id, u.role, u.email_verified_at, u.disabled_at, u.delete_after
    from access_tokens t join users u on u.id = t.user_id
    where t.hash = $1`,
};

interface FoundRow {
  id: string;
  scopes: Scope[];
  expires_at: Date | null;
  user_id: string;
  role: UserRole;
  email_verified_at: Date | null;
  disabled_at: Date | null;
  delete_after: Date | null;
}

/** Says who an access token is of. What it found counts for five seconds, so that a busy program costs no query a request. */
@Injectable()
export class AccessTokenAuthentication {
  private readonly known = new ShortCache<AuthenticatedUser>(CACHE_SIZE, CACHE_MS);

  constructor(private readonly statements: Statements) {}

  /** @throws UnauthorizedError that says whether the token is mistyped, unknown, or expired, or its account cannot be used. */
  async authenticate(token: string): Promise<AuthenticatedUser> {
    if (!isAccessToken(token)) throw refused('The access token is not one of this server, or is mistyped');
    const hash = secretHash(token);
    const user = await this.known.get(keyOf(hash), () => this.find(hash));
    if (user.expiresAt <= Date.now()) throw refused('The access token has expired: make another');
    return user;
  }

  /** Makes this replica ask the database about a token again, at once. */
  forget(hash: Buffer): void {
    this.known.forget(keyOf(hash));
  }

  private async find(hash: Buffer): Promise<AuthenticatedUser> {
    const [row] = await this.statements.run<FoundRow>(FIND_ACCESS_TOKEN, [hash]);
    if (row === undefined) throw refused('The access token is unknown, or was revoked');
    if (row.disabled_at !== null) throw refused('The account of the access token is disabled');
    if (row.delete_after !== null) throw refused('The account of the access token is about to be deleted');
    return {
      id: row.user_id,
      role: row.role,
      emailVerified: row.email_verified_at !== null,
      expiresAt: row.expires_at?.getTime() ?? Infinity,
      credential: { kind: 'access-token', accessTokenId: row.id, scopes: row.scopes },
    };
  }
}

function keyOf(hash: Buffer): string {
  return hash.toString('base64');
}

function refused(why: string): UnauthorizedError {
  return new UnauthorizedError(why, 'invalid_token');
}
