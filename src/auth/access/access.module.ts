import { Module } from '@nestjs/common';
import { SignInModule } from '../sign-in/sign-in.module';
import { EndedCredentials } from './ended-credentials';

/** What features ask about credentials once the guards have let somebody in. */
@Module({
  imports: [SignInModule],
  providers: [EndedCredentials],
  exports: [EndedCredentials],
})
export class AccessModule {}
