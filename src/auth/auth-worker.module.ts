import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AccountDeletions } from './account/account-deletions';
import { AuditRetention } from './audit/audit-retention';
import { SignInLeftovers } from './sessions/sign-in-leftovers';
import { SignInModule } from './sign-in/sign-in.module';

/** What the server does for accounts by itself. */
@Module({ imports: [DiscoveryModule, SignInModule], providers: [AuditRetention, AccountDeletions, SignInLeftovers] })
export class AuthWorkerModule {}
