import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SignInModule } from '../sign-in/sign-in.module';
import { AccountSessionsService } from './account-sessions.service';
import { Session } from './session.entity';
import { SessionsController } from './sessions.controller';

@Module({
  imports: [SignInModule, TypeOrmModule.forFeature([Session])],
  controllers: [SessionsController],
  providers: [AccountSessionsService],
})
export class SessionsHttpModule {}
