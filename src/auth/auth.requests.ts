import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { Transform } from 'class-transformer';
import { IsEmailAddress } from '../common/email-address';
import { IsStorableText } from '../common/text';
import { MayBeAbsent, OptionalBody } from '../common/validation';
import { SignInRequest } from './sign-in/sign-in.request';
import { IsPassword } from './passwords/is-password';

const trimmed = Transform(({ value }) => (typeof value === 'string' ? value.trim() : value));

export class RegisterRequest extends SignInRequest {
  @ApiProperty({ format: 'email', maxLength: 254, example: 'ada@example.org' })
  @IsEmailAddress()
  email!: string;

  @ApiProperty({ minLength: 12, maxLength: 128, format: 'password', example: 'correct horse battery' })
  @IsPassword()
  password!: string;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 200, example: 'Ada Lovelace' })
  @IsOptional()
  @IsStorableText({ maxCodePoints: 200, multiline: false })
  name?: string | null;

  @ApiPropertyOptional({
    maxLength: 200,
    description:
      'The secret of the link in an invitation, which proves the address; needed where registering needs one',
    example: 'cmi_0T2Xw3b5mQ9sYd7uAa4cE6fG8hIeVZ1kZxGvLr0n8hJ',
  })
  @MayBeAbsent()
  @IsString({ message: 'must be the secret of an invitation' })
  @MaxLength(200, { message: 'must be the secret of an invitation' })
  invitation?: string;
}

export class LoginRequest extends SignInRequest {
  @ApiProperty({ format: 'email', maxLength: 254, example: 'ada@example.org' })
  @trimmed
  @IsStorableText({ maxCodePoints: 254, multiline: false })
  email!: string;

  /** Whatever registering takes fits: 128 characters may be more code units, and more again before NFKC. */
  @ApiProperty({ maxLength: 1000, format: 'password', example: 'correct horse battery' })
  @IsString({ message: 'must be a string' })
  @MaxLength(1_000, { message: 'must be at most 1,000 characters' })
  password!: string;
}

@OptionalBody()
export class RefreshRequest {
  @ApiPropertyOptional({
    maxLength: 200,
    description: 'Without it, the cookie counts',
    example: 'cmr_AZqxwo0-fwCKESs8TV5vcOVZ1kZxGvLr0n8hJ0T2Xw3b5mQ9sYd7uAa4cE6fG8hIeVZ1kZxGvLr0n8hJ0Q',
  })
  @IsOptional()
  @IsString({ message: 'must be a refresh token' })
  @MaxLength(200, { message: 'must be a refresh token' })
  refreshToken?: string;
}
