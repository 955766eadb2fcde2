import { IsBoolean, IsOptional } from 'class-validator';
import { IsStorableText } from '../../common/text';
import { EmailAddress } from '../email-address';
import { IsPassword } from '../passwords/is-password';

/** An account that a command makes. */
export class CreateUserRequest {
  @EmailAddress()
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
