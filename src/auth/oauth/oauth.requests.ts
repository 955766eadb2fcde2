import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { MayBeAbsent } from '../../common/validation';
import { SignInRequest } from '../sign-in/sign-in.request';

const CODE = { message: 'must be the code that the browser came back with' };
const EXAMPLE_CODE = 'cmo_b9pV1kZxGvLr0n8hJ0T2Xw3b5mQ9sYd7uAa4cE6fG8h';

/** RFC 7636, 4.1: what the challenge was made from. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;
const VERIFIER_MESSAGE = { message: 'must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~ (RFC 7636)' };
const EXAMPLE_VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

export class BeginQuery {
  @ApiPropertyOptional({
    maxLength: 2048,
    description:
      'Where the browser goes in the end: one of `CLIENT_REDIRECT_URIS`. Without it, to a page of this server',
    example: 'https://app.example.org/signed-in',
  })
  @IsOptional()
  @IsString({ message: 'must be an address, once' })
  @MaxLength(2_048, { message: 'must be at most 2,048 characters' })
  redirectUri?: string;

  @ApiPropertyOptional({
    pattern: '^[A-Za-z0-9_-]{43}$',
    description: 'With `redirectUri`: SHA-256 of a `codeVerifier`, in base64url (RFC 7636, S256)',
    example: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  })
  @IsOptional()
  @Matches(/^[A-Za-z0-9_-]{43}$/, { message: 'must be 43 characters: the SHA-256 of the codeVerifier in base64url' })
  codeChallenge?: string;
}

export class ExchangeRequest extends SignInRequest {
  @ApiProperty({ maxLength: 200, description: 'What the browser came back with', example: EXAMPLE_CODE })
  @IsString(CODE)
  @MaxLength(200, CODE)
  code!: string;

  @ApiPropertyOptional({
    minLength: 43,
    maxLength: 128,
    description: 'What the `codeChallenge` was made from; needed if there was one, refused if not',
    example: EXAMPLE_VERIFIER,
  })
  @MayBeAbsent()
  @Matches(VERIFIER, VERIFIER_MESSAGE)
  codeVerifier?: string;
}

export class LinkIdentityRequest {
  @ApiProperty({ maxLength: 200, description: 'What the browser came back with', example: EXAMPLE_CODE })
  @IsString(CODE)
  @MaxLength(200, CODE)
  code!: string;

  @ApiPropertyOptional({
    minLength: 43,
    maxLength: 128,
    description: 'What the `codeChallenge` was made from; needed if there was one, refused if not',
    example: EXAMPLE_VERIFIER,
  })
  @MayBeAbsent()
  @Matches(VERIFIER, VERIFIER_MESSAGE)
  codeVerifier?: string;
}
