import { ApiProperty } from '@nestjs/swagger';
import { ALL_SCOPES, type Scope } from '../../common/scopes';
import type { AccessToken } from './access-token.entity';

const SCOPES = { isArray: true, enum: ALL_SCOPES, example: ['notes:read', 'notes:write'] };
const MAYBE_TIME = { type: String, format: 'date-time', nullable: true, example: '2099-12-31T00:00:00.000Z' };

/** A personal access token without what is secret of it. */
export class AccessTokenResponse {
  @ApiProperty({ format: 'uuid', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' })
  id!: string;

  @ApiProperty({ description: 'What it is for', example: 'Backup on the old laptop' })
  name!: string;

  @ApiProperty({ description: 'Its last four characters', example: '7f3K' })
  hint!: string;

  @ApiProperty({ ...SCOPES, description: 'What it may do' })
  scopes!: Scope[];

  @ApiProperty({ ...MAYBE_TIME, description: 'When it stops working; null: never' })
  expiresAt!: string | null;

  @ApiProperty({
    ...MAYBE_TIME,
    description: 'To the minute; null: it was never used',
    example: '2026-11-23T18:00:00.000Z',
  })
  lastUsedAt!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Where from it was last used', example: '203.0.113.7' })
  lastUsedIp!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-23T18:00:00.000Z' })
  createdAt!: string;

  static from(this: void, row: AccessToken): AccessTokenResponse {
    return {
      id: row.id,
      name: row.name,
      hint: row.hint,
      scopes: row.scopes,
      expiresAt: row.expiresAt?.toISOString() ?? null,
      lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
      lastUsedIp: row.lastUsedIp,
      createdAt: row.createdAt.toISOString(),
    };
  }
}

/** A personal access token that was just made. */
export class MadeAccessTokenResponse extends AccessTokenResponse {
  @ApiProperty({
    description: 'The token, sent as `Authorization: Bearer …`. It is shown this once and stored nowhere',
    example: 'cmp_abcdefghijklmnopqrstuvwxyzABCD4dNndU',
  })
  token!: string;
}

/** What a request was made with. */
export class CredentialResponse {
  @ApiProperty({ enum: ['session', 'access-token'], description: 'What was sent', example: 'access-token' })
  kind!: 'session' | 'access-token';

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The name of the access token; null for a session',
    example: 'Backup on the old laptop',
  })
  name!: string | null;

  @ApiProperty({ ...SCOPES, description: 'What it may do; a session has every scope' })
  scopes!: Scope[];

  @ApiProperty({
    ...MAYBE_TIME,
    description: 'When the access token stops working, or when the session ends at the latest; null: never',
  })
  expiresAt!: string | null;

  @ApiProperty({ format: 'uuid', description: 'Whose it is', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' })
  userId!: string;
}
