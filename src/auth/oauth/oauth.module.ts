import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EmailsModule } from '../emails/emails.module';
import { IdentitiesController } from '../identities/identities.controller';
import { IdentitiesService } from '../identities/identities.service';
import { IdentityChanges } from '../identities/identity-changes';
import { Identity } from '../identities/identity.entity';
import { LimitsModule } from '../limits/limits.module';
import { NoticesModule } from '../notices/notices.module';
import { RegistrationModule } from '../registration/registration.module';
import { SignInModule } from '../sign-in/sign-in.module';
import { FlowCookies } from './flow-cookies';
import { OAuthController } from './oauth.controller';
import { OAuthService } from './oauth.service';
import { ProviderCodes } from './provider-codes';
import { ProviderSignInService } from './provider-sign-in.service';
import { Providers } from './providers';

/** Signing in with Google, GitHub and any OpenID provider, and the accounts there that are linked. */
@Module({
  imports: [
    SignInModule,
    LimitsModule,
    RegistrationModule,
    EmailsModule,
    NoticesModule,
    TypeOrmModule.forFeature([Identity]),
  ],
  controllers: [OAuthController, IdentitiesController],
  providers: [
    Providers,
    FlowCookies,
    OAuthService,
    ProviderCodes,
    ProviderSignInService,
    IdentitiesService,
    IdentityChanges,
  ],
})
export class OAuthModule {}
