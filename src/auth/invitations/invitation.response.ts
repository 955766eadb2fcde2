import { ApiProperty } from '@nestjs/swagger';
import type { Invitation } from './invitation.entity';

/** An invitation; its secret is only in the mail. */
export class InvitationResponse {
  @ApiProperty({ format: 'uuid', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' })
  id!: string;

  @ApiProperty({ format: 'email', example: 'grace@example.org' })
  email!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-30T18:00:00.000Z' })
  expiresAt!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'When the account was made; null: not yet',
    example: null,
  })
  acceptedAt!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-23T18:00:00.000Z' })
  createdAt!: string;

  static from({ id, email, expiresAt, acceptedAt, createdAt }: Invitation): InvitationResponse {
    return {
      id,
      email,
      expiresAt: expiresAt.toISOString(),
      acceptedAt: acceptedAt?.toISOString() ?? null,
      createdAt: createdAt.toISOString(),
    };
  }
}
