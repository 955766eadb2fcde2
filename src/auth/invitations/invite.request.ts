import { EmailAddress } from '../email-address';

export class InviteRequest {
  @EmailAddress()
  email!: string;
}
