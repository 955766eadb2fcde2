import type { UserRole } from '../../users/user.entity';

/** What an access token says (RFC 7519; `auth_time` and `email_verified` as in OpenID Connect Core). */
export interface AccessTokenClaims {
  /** The user. */
  sub: string;
  /** The session. */
  sid: string;
  role: UserRole;
  email_verified: boolean;
  /** When the user last proved who they are, in seconds since 1970. */
  auth_time: number;
}

export const ACCESS_TOKEN_ISSUER = 'commonplace';
