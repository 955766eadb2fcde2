import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MailModule } from '../../mail/mail.module';
import { RegistrationModule } from '../registration/registration.module';
import { SignInModule } from '../sign-in/sign-in.module';
import { Invitation } from './invitation.entity';
import { InvitationPageService } from './invitation-page.service';
import { InvitationsService } from './invitations.service';

/** Invitations to make an account. */
@Module({
  imports: [SignInModule, MailModule, RegistrationModule, TypeOrmModule.forFeature([Invitation])],
  providers: [InvitationsService, InvitationPageService],
  exports: [InvitationsService, InvitationPageService],
})
export class InvitationsModule {}
