import { IsString, MaxLength } from 'class-validator';

const TOKEN = { message: 'must be the token of a link' };

export class VerifyEmailForm {
  @IsString(TOKEN)
  @MaxLength(200, TOKEN)
  token!: string;
}

/** The password is looked at where the form can be shown again. */
export class ResetPasswordForm extends VerifyEmailForm {
  @IsString({ message: 'must be a string' })
  password!: string;
}
