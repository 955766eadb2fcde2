import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { IsEmailAddress } from '../../common/email-address';
import { MayBeAbsent } from '../../common/validation';
import { IsPassword } from './is-password';

const TOKEN = { message: 'must be the token of a link' };

export class ChangePasswordRequest {
  @ApiPropertyOptional({
    maxLength: 1000,
    format: 'password',
    example: 'correct horse battery',
    description: 'Needed unless the account has no password yet',
  })
  @MayBeAbsent()
  @IsString({ message: 'must be a string' })
  @MaxLength(1_000, { message: 'must be at most 1,000 characters' })
  currentPassword?: string;

  @ApiProperty({ minLength: 12, maxLength: 128, format: 'password', example: 'seven quiet green lamps' })
  @IsPassword()
  newPassword!: string;
}

export class ForgotPasswordRequest {
  @ApiProperty({ format: 'email', maxLength: 254, example: 'ada@example.org' })
  @IsEmailAddress()
  email!: string;
}

export class ResetPasswordRequest {
  @ApiProperty({
    maxLength: 200,
    description: 'The `token` of the link in the mail',
    example: 'cmo_0T2Xw3b5mQ9sYd7uAa4cE6fG8hIeVZ1kZxGvLr0n8hJ',
  })
  @IsString(TOKEN)
  @MaxLength(200, TOKEN)
  token!: string;

  @ApiProperty({ minLength: 12, maxLength: 128, format: 'password', example: 'seven quiet green lamps' })
  @IsPassword()
  newPassword!: string;
}
