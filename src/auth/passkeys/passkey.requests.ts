import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { Transform } from 'class-transformer';
import { IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { IsStorableText } from '../../common/text';
import { SignInRequest } from '../sign-in/sign-in.request';
import { IsCredential } from './is-credential';

const TICKET = { message: 'must be the ticket that came with the options' };
const TICKET_EXAMPLE = 'cmo_Xw3b5mQ9sYd7uAa4cE6fG8hIeVZ1kZxGvLr0n8hJ0T2';
const NAME = { message: 'must not be empty' };

const trimmed = Transform(({ value }) => (typeof value === 'string' ? value.trim() : value));

export class AddPasskeyRequest {
  @ApiProperty({ maxLength: 200, description: 'Of `POST /auth/passkeys/registration`', example: TICKET_EXAMPLE })
  @IsString(TICKET)
  @MaxLength(200, TICKET)
  ticket!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: '`toJSON()` of what `navigator.credentials.create` gave',
    example: {
      id: 'ZoIKP1JQvKdrYj1bTUPJ2eTUsbLeFkv-X5xJQNr4k6s',
      rawId: 'ZoIKP1JQvKdrYj1bTUPJ2eTUsbLeFkv-X5xJQNr4k6s',
      type: 'public-key',
      clientExtensionResults: {},
      response: { clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0', attestationObject: 'o2NmbXRkbm9uZQ' },
    },
  })
  @IsCredential('clientDataJSON', 'attestationObject')
  response!: RegistrationResponseJSON;

  @ApiPropertyOptional({
    maxLength: 100,
    description: 'Without one, it is named by the browser',
    example: 'Phone',
  })
  @IsOptional()
  @trimmed
  @IsNotEmpty(NAME)
  @IsStorableText({ maxCodePoints: 100, multiline: false })
  name?: string;
}

export class UpdatePasskeyRequest {
  @ApiProperty({ minLength: 1, maxLength: 100, description: 'What its owner calls it', example: 'Key on my desk' })
  @trimmed
  @IsNotEmpty(NAME)
  @IsStorableText({ maxCodePoints: 100, multiline: false })
  name!: string;
}

export class PasskeyLoginRequest extends SignInRequest {
  @ApiProperty({ maxLength: 200, description: 'Of `POST /auth/passkeys/authentication`', example: TICKET_EXAMPLE })
  @IsString(TICKET)
  @MaxLength(200, TICKET)
  ticket!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: '`toJSON()` of what `navigator.credentials.get` gave',
    example: {
      id: 'ZoIKP1JQvKdrYj1bTUPJ2eTUsbLeFkv-X5xJQNr4k6s',
      rawId: 'ZoIKP1JQvKdrYj1bTUPJ2eTUsbLeFkv-X5xJQNr4k6s',
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0',
        authenticatorData: 'SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MdAAAAAQ',
        signature: 'MEUCIQDZ',
        userHandle: 'AZqxwo0-fwCKESs8TV5vcA',
      },
    },
  })
  @IsCredential('clientDataJSON', 'authenticatorData', 'signature')
  response!: AuthenticationResponseJSON;
}
