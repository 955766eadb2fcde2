import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Client } from '../../common/client';
import type { SessionUser } from '../../common/current-user';
import { ConflictError, ProblemError } from '../../common/problem';
import { Config } from '../../config/config';
import { lockUser } from '../../users/lock-user';
import type { User } from '../../users/user.entity';
import type { AuditEventType } from '../audit/audit-event.entity';
import { AuditService } from '../audit/audit.service';
import { type Notice, NoticesService } from '../notices/notices.service';
import { Session } from '../sessions/session.entity';
import { SessionsService } from '../sessions/sessions.service';
import { RecoveryCodesResponse, SecondFactorResponse, TotpResponse } from './second-factor.responses';
import { SecondFactorService } from './second-factor.service';
import { enrolment, newTotpSecret } from './totp-code';
import { Totp } from './totp.entity';

const ENABLED: Notice = {
  subject: 'Your account now asks for a second factor',
  what: 'An authenticator app was added to your account: signing in with a password or a provider asks for its code from now on. All other sessions were ended.',
};
const DISABLED: Notice = {
  subject: 'Your account no longer asks for a second factor',
  what: 'The authenticator app was removed from your account, and the recovery codes are void. All other sessions were ended.',
};
const NEW_CODES: Notice = {
  subject: 'New recovery codes',
  what: 'New recovery codes were made for your account; the former ones are void.',
};

/** Switches the second factor on and off. */
@Injectable()
export class SecondFactorSettingsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly factor: SecondFactorService,
    private readonly audit: AuditService,
    private readonly notices: NoticesService,
    private readonly sessions: SessionsService,
    private readonly config: Config,
  ) {}

  async get(user: SessionUser): Promise<SecondFactorResponse> {
    const { manager } = this.dataSource;
    const totp = await manager.findOneBy(Totp, { userId: user.id });
    return SecondFactorResponse.from(totp, await this.factor.countRecoveryCodes(manager, user.id));
  }

  /** A new secret for an authenticator app; it asks for nothing until it is confirmed. @throws ConflictError `totp-enabled` */
  async begin(user: SessionUser): Promise<TotpResponse> {
    const bytes = newTotpSecret();
    const { email } = await this.dataSource.transaction(async (manager) => {
      const owner = await lockUser(manager, user.id);
      if (isOn(await manager.findOneBy(Totp, { userId: user.id }))) throw alreadyOn();
      await this.factor.keepSecret(manager, user.id, bytes);
      return owner;
    });
    const { secret, uri } = enrolment(bytes, this.issuer(), email);
    // Loaded when it is first needed: sixty files, at every start.
    const { toDataURL } = require('qrcode') as typeof import('qrcode');
    return { secret, uri, qrCode: await toDataURL(uri, { errorCorrectionLevel: 'M' }) };
  }

  /**
   * Switches it on with the first code, ends all other sessions, and gives the recovery codes.
   * @throws ProblemError `code-invalid`; ConflictError `totp-enabled`, `totp-disabled`
   */
  async confirm(user: SessionUser, code: string, client: Client): Promise<RecoveryCodesResponse> {
    const recoveryCodes = await this.dataSource.transaction(async (manager) => {
      const owner = await lockUser(manager, user.id);
      const totp = await manager.findOneBy(Totp, { userId: user.id });
      if (totp === null) throw new ConflictError('totp-disabled', 'There is nothing to confirm: POST /auth/totp first');
      if (isOn(totp)) throw alreadyOn();
      if (!(await this.factor.takeAppCode(manager, totp, code))) throw codeInvalid();
      await manager.update(Totp, { userId: user.id }, { confirmedAt: new Date() });
      // This session has just shown the second factor; the others never did.
      await manager.update(Session, { id: user.sessionId }, { secondFactor: true });
      await this.changed(manager, owner, user, client, 'totp-enabled', ENABLED);
      return this.factor.replaceRecoveryCodes(manager, user.id);
    });
    return { recoveryCodes };
  }

  /** Switches it off with a code, and ends all other sessions. @throws ProblemError `code-invalid`, 429; ConflictError `totp-disabled` */
  async disable(user: SessionUser, code: string, client: Client): Promise<void> {
    // A wrong code is counted, and so committed, before it is refused.
    const disabled = await this.dataSource.transaction(async (manager) => {
      const owner = await lockUser(manager, user.id);
      await this.requireOn(manager, user);
      if (!(await this.factor.verify(manager, user.id, code, client))) return false;
      await this.factor.forget(manager, user.id);
      await this.changed(manager, owner, user, client, 'totp-disabled', DISABLED);
      return true;
    });
    if (!disabled) throw codeInvalid();
  }

  /** Ten new recovery codes; the former ones are void. @throws ConflictError `totp-disabled` */
  async renewRecoveryCodes(user: SessionUser, client: Client): Promise<RecoveryCodesResponse> {
    const recoveryCodes = await this.dataSource.transaction(async (manager) => {
      const owner = await lockUser(manager, user.id);
      await this.requireOn(manager, user);
      await this.record(manager, user, client, 'recovery-codes-made');
      await this.notices.tell(manager, owner, client, NEW_CODES);
      return this.factor.replaceRecoveryCodes(manager, user.id);
    });
    return { recoveryCodes };
  }

  /** What on and off have in common: other sessions end, the trail and the owner are told. */
  private async changed(
    manager: EntityManager,
    owner: User,
    user: SessionUser,
    client: Client,
    type: AuditEventType,
    notice: Notice,
  ): Promise<void> {
    await this.record(manager, user, client, type);
    await this.notices.tell(manager, owner, client, notice);
    await this.sessions.endAll(manager, user.id, { except: user.sessionId });
  }

  private async record(
    manager: EntityManager,
    { id: userId, sessionId }: SessionUser,
    client: Client,
    type: AuditEventType,
  ): Promise<void> {
    await this.audit.record(manager, { userId, type, client, sessionId });
  }

  private async requireOn(manager: EntityManager, user: SessionUser): Promise<void> {
    if (isOn(await manager.findOneBy(Totp, { userId: user.id }))) return;
    throw new ConflictError('totp-disabled', 'The account has no authenticator app');
  }

  /** What the app shows above the code: which server it is for. A colon would end it. */
  private issuer(): string {
    const host = this.config.PUBLIC_URL === undefined ? '' : new URL(this.config.publicUrl).hostname;
    return host === '' || host.includes(':') ? 'Commonplace' : host;
  }
}

function isOn(totp: Totp | null): boolean {
  return totp !== null && totp.confirmedAt !== null;
}

function alreadyOn(): ConflictError {
  return new ConflictError('totp-enabled', 'The account has an authenticator app: remove it first');
}

function codeInvalid(): ProblemError {
  const detail = 'The code is wrong, was used before, or its time is over: send the next one';
  return new ProblemError(400, 'code-invalid', 'The code is not valid', detail);
}
