import { IsBoolean, IsOptional } from 'class-validator';
import { IsEmailAddress } from '../../common/email-address';
import { IsStorableText } from '../../common/text';
import { IsPassword } from '../passwords/is-password';

/** An account that a command makes. */
export class CreateUserRequest {
  @IsEmailAddress()
  email!: string;

  @IsOptional()
  @IsStorableText({ maxCodePoints: 200, multiline: false })
  name?: string;

  /** Without one, the user sets the first by a link. */
  @IsOptional()
  @IsPassword()
  password?: string;

  @IsOptional()
  @IsBoolean()
  admin?: boolean;
}
