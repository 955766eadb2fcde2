import { ApiProperty } from '@nestjs/swagger';
import { QuotaResponse } from '../../users/quota.response';
import { UserResponse } from '../../users/user.response';
import type { AdministeredUser } from './user-overview';

/** An account, as administrators see it. */
export class AdminUserResponse extends UserResponse {
  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'Since when no way in works; null: they all do',
    example: null,
  })
  disabledAt!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'When a session was last begun or refreshed; null: never, or longer ago than ended sessions are kept',
    example: '2026-11-23T18:00:00.000Z',
  })
  lastUsedAt!: string | null;

  @ApiProperty({ description: 'What the user keeps, and may keep' })
  quota!: QuotaResponse;

  static fromOverview({ user, lastUsedAt, quota }: AdministeredUser): AdminUserResponse {
    return {
      ...UserResponse.from(user),
      disabledAt: user.disabledAt?.toISOString() ?? null,
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
      quota: QuotaResponse.from(quota),
    };
  }
}
