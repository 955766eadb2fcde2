import { Module } from '@nestjs/common';
import { InvitationsModule } from '../invitations/invitations.module';
import { InvitationsController } from '../invitations/invitations.controller';
import { InvitationPageController } from '../invitations/invitation-page.controller';
import { LimitsModule } from '../limits/limits.module';
import { AdministrationModule } from './administration.module';
import { AdminUsersController } from './admin-users.controller';

/** The routes under `/admin`, and the page of invitations. */
@Module({
  imports: [AdministrationModule, InvitationsModule, LimitsModule],
  controllers: [AdminUsersController, InvitationsController, InvitationPageController],
})
export class AdministrationHttpModule {}
