import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Invitation } from '../invitations/invitation.entity';
import { RegistrationPolicy } from './registration-policy';

@Module({
  imports: [TypeOrmModule.forFeature([Invitation])],
  providers: [RegistrationPolicy],
  exports: [RegistrationPolicy],
})
export class RegistrationModule {}
