import { ApiProperty } from '@nestjs/swagger';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import type { Passkey } from './passkey.entity';

const TICKET_EXAMPLE = 'cmo_Xw3b5mQ9sYd7uAa4cE6fG8hIeVZ1kZxGvLr0n8hJ0T2';

export class PasskeyResponse {
  @ApiProperty({ format: 'uuid', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' })
  id!: string;

  @ApiProperty({ example: 'Firefox on Windows' })
  name!: string;

  @ApiProperty({ description: 'Whether there is a copy elsewhere, so that it outlives the device', example: true })
  backedUp!: boolean;

  @ApiProperty({ format: 'date-time', example: '2026-11-23T18:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'null: never yet' })
  lastUsedAt!: string | null;

  static from(passkey: Passkey): PasskeyResponse {
    return {
      id: passkey.id,
      name: passkey.name,
      backedUp: passkey.backedUp,
      createdAt: passkey.createdAt.toISOString(),
      lastUsedAt: passkey.lastUsedAt?.toISOString() ?? null,
    };
  }
}

export class PasskeyListResponse {
  @ApiProperty({ type: [PasskeyResponse], description: 'All of them, at most 20, the oldest first' })
  data!: PasskeyResponse[];
}

export class PasskeyCreationOptionsResponse {
  @ApiProperty({ description: 'Good for 5 minutes and one attempt', example: TICKET_EXAMPLE })
  ticket!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'For `PublicKeyCredential.parseCreationOptionsFromJSON` and `navigator.credentials.create`',
  })
  options!: PublicKeyCredentialCreationOptionsJSON;
}

export class PasskeyRequestOptionsResponse {
  @ApiProperty({ description: 'Good for 5 minutes and one attempt', example: TICKET_EXAMPLE })
  ticket!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'For `PublicKeyCredential.parseRequestOptionsFromJSON` and `navigator.credentials.get`',
  })
  options!: PublicKeyCredentialRequestOptionsJSON;
}
