import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { AuthenticatedUser } from '../common/current-user';
import { UnauthorizedError } from '../common/problem';
import { Config } from '../config/config';
import { UserResponse } from '../users/user.response';
import type { User } from '../users/user.entity';
import { UsersService } from '../users/users.service';
import type { LoginRequest, RefreshRequest, RegisterRequest } from './auth.requests';
import type { AccessTokenClaims } from './jwt.strategy';
import { hashPassword, verifyPassword } from './passwords';
import type { SessionResponse } from './session.response';
import { type Client, type OpenedSession, SessionsService } from './sessions.service';

@Injectable()
export class AuthService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly jwt: JwtService,
    private readonly config: Config,
  ) {}

  /** Makes an account and signs it in, in one transaction. @throws ConflictError `email-taken` */
  async register(request: RegisterRequest, client: Client): Promise<SessionResponse> {
    const passwordHash = await hashPassword(request.password);
    return this.dataSource.transaction(async (manager) => {
      const name = request.name?.trim() || null;
      const user = await this.users.create(manager, { email: request.email, passwordHash, name });
      return this.answer(user, await this.sessions.open(manager, user.id, client));
    });
  }

  /** @throws UnauthorizedError, the same after the same time for an unknown address and for a wrong password. */
  async login(request: LoginRequest, client: Client): Promise<SessionResponse> {
    const user = await this.users.findForSignIn(request.email);
    const matches = await verifyPassword(user?.passwordHash, request.password);
    if (user === null || !matches) throw new UnauthorizedError('The e-mail address or the password is wrong');
    return this.answer(user, await this.sessions.open(this.dataSource.manager, user.id, client));
  }

  /** @throws UnauthorizedError see `SessionsService.refresh` */
  async refresh(request: RefreshRequest): Promise<SessionResponse> {
    const session = await this.sessions.refresh(request.refreshToken);
    return this.answer(await this.users.getSelf(session.userId), session);
  }

  async logout(user: AuthenticatedUser): Promise<void> {
    await this.sessions.revoke(user.sessionId);
  }

  private answer(user: User, session: OpenedSession): SessionResponse {
    const claims: AccessTokenClaims = { sub: user.id, sid: session.sessionId, role: user.role };
    return {
      user: UserResponse.from(user),
      accessToken: this.jwt.sign(claims),
      tokenType: 'Bearer',
      expiresIn: this.config.ACCESS_TOKEN_SECONDS,
      refreshToken: session.refreshToken,
    };
  }
}
