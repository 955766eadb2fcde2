import { Module } from '@nestjs/common';
import { EmailsModule } from '../emails/emails.module';
import { LimitsModule } from '../limits/limits.module';
import { PasswordsModule } from '../passwords/passwords.module';
import { PagesController } from './pages.controller';
import { PagesService } from './pages.service';

/** Pages for people, outside the API. */
@Module({
  imports: [EmailsModule, PasswordsModule, LimitsModule],
  controllers: [PagesController],
  providers: [PagesService],
})
export class PagesModule {}
