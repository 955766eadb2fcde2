import { ApiProperty } from '@nestjs/swagger';
import type { Totp } from './totp.entity';

export class SecondFactorResponse {
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Since when signing in asks for a code; null when it does not',
  })
  totpEnabledAt!: string | null;

  @ApiProperty({ type: 'integer', description: 'How many recovery codes can still be used', example: 10 })
  recoveryCodesLeft!: number;

  static from(totp: Totp | null, recoveryCodesLeft: number): SecondFactorResponse {
    return { totpEnabledAt: totp?.confirmedAt?.toISOString() ?? null, recoveryCodesLeft };
  }
}

export class TotpResponse {
  @ApiProperty({ description: 'The secret in base32, to type it', example: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' })
  secret!: string;

  @ApiProperty({
    description: 'The address that authenticator apps open',
    example:
      'otpauth://totp/notes.example.org:ada%40example.org?issuer=notes.example.org&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA1&digits=6&period=30',
  })
  uri!: string;

  @ApiProperty({
    description: 'The address as a QR code, a PNG in a `data:` URL',
    example: 'data:image/png;base64,iVBORw0KGgo=',
  })
  qrCode!: string;
}

export class RecoveryCodesResponse {
  @ApiProperty({
    type: [String],
    description: 'Ten codes, each for one sign-in without the app; shown only now',
    example: ['7k2q-mx9d-4t0b-vw3e-hc8n-5rjz', '0m3v-z8hs-2pd7-kq4x-9tjc-b6wn'],
  })
  recoveryCodes!: string[];
}
