import { ApiProperty } from '@nestjs/swagger';
import { PROVIDER_IDS, type ProviderId } from '../../config/provider-settings';
import type { Identity } from './identity.entity';

export class IdentityResponse {
  @ApiProperty({ format: 'uuid', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' })
  id!: string;

  @ApiProperty({ enum: PROVIDER_IDS, example: 'github' })
  provider!: ProviderId;

  @ApiProperty({ type: String, nullable: true, description: 'As the provider says it', example: 'ada@example.org' })
  email!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'As the provider says it', example: 'Ada Lovelace' })
  name!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-23T18:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: '2026-11-23T18:00:00.000Z' })
  lastUsedAt!: string | null;

  static from(row: Identity): IdentityResponse {
    return {
      id: row.id,
      provider: row.provider,
      email: row.email,
      name: row.name,
      createdAt: row.createdAt.toISOString(),
      lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    };
  }
}

export class IdentitiesResponse {
  @ApiProperty({ type: [IdentityResponse], description: 'The first linked first' })
  data!: IdentityResponse[];
}
