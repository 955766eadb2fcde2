import { Module } from '@nestjs/common';
import { SignInModule } from '../sign-in/sign-in.module';
import { AccountSessionsService } from './account-sessions.service';
import { SessionsController } from './sessions.controller';

@Module({
  imports: [SignInModule],
  controllers: [SessionsController],
  providers: [AccountSessionsService],
})
export class SessionsHttpModule {}
