import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SignInModule } from '../sign-in/sign-in.module';
import { AccessTokenAuthentication } from './access-token-authentication';
import { AccessTokenUsage } from './access-token-usage';
import { AccessToken } from './access-token.entity';
import { AccessTokensController } from './access-tokens.controller';
import { AccessTokensService } from './access-tokens.service';

/** Personal access tokens, and what the guards ask about them. */
@Module({
  imports: [SignInModule, TypeOrmModule.forFeature([AccessToken])],
  controllers: [AccessTokensController],
  providers: [AccessTokensService, AccessTokenAuthentication, AccessTokenUsage],
  exports: [AccessTokenAuthentication, AccessTokenUsage],
})
export class AccessTokensModule {}
