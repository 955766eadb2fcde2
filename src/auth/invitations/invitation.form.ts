import { IsOptional, IsString, MaxLength } from 'class-validator';

const TOKEN = { message: 'must be the token of a link' };
const TEXT = { message: 'must be a string' };

/** Name and password are looked at where the form can be shown again. */
export class InvitationForm {
  @IsString(TOKEN)
  @MaxLength(200, TOKEN)
  token!: string;

  @IsOptional()
  @IsString(TEXT)
  name?: string;

  @IsString(TEXT)
  password!: string;
}
