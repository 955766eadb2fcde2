import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { MayBeAbsent } from '../../common/validation';
import { IsCode } from '../second-factor/second-factor.requests';

@ApiSchema({ description: 'Exactly one of password and code' })
export class ReauthenticateRequest {
  @ApiPropertyOptional({ maxLength: 1000, format: 'password', example: 'correct horse battery' })
  @MayBeAbsent()
  @IsString({ message: 'must be a string' })
  @MaxLength(1_000, { message: 'must be at most 1,000 characters' })
  password?: string;

  @ApiPropertyOptional({
    minLength: 6,
    maxLength: 64,
    description: 'Where the account has a second factor: six digits of the authenticator app, or a recovery code',
  })
  @MayBeAbsent()
  @IsCode()
  code?: string;
}
