import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { IsEmailAddress } from '../../common/email-address';

const TOKEN = { message: 'must be the token of a link' };

export class VerifyEmailRequest {
  @ApiProperty({
    maxLength: 200,
    description: 'The `token` of the link in the mail',
    example: 'cmo_0T2Xw3b5mQ9sYd7uAa4cE6fG8hIeVZ1kZxGvLr0n8hJ',
  })
  @IsString(TOKEN)
  @MaxLength(200, TOKEN)
  token!: string;
}

export class ChangeEmailRequest {
  @ApiProperty({ format: 'email', maxLength: 254, example: 'ada.lovelace@example.org' })
  @IsEmailAddress()
  email!: string;
}
