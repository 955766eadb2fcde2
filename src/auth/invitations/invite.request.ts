import { ApiProperty } from '@nestjs/swagger';
import { IsEmailAddress } from '../../common/email-address';

export class InviteRequest {
  @ApiProperty({ format: 'email', maxLength: 254, example: 'grace@example.org' })
  @IsEmailAddress()
  email!: string;
}
