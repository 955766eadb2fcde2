import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, Not } from 'typeorm';
import type { Client } from '../../common/client';
import { Encryption } from '../../common/encryption';
import { Config } from '../../config/config';
import { lockUser } from '../../users/lock-user';
import type { User } from '../../users/user.entity';
import { AuditService } from '../audit/audit.service';
import { NoticesService } from '../notices/notices.service';
import { newRecoveryCodes, readRecoveryCode, RecoveryCodeHashes } from './recovery-code';
import { RecoveryCode } from './recovery-code.entity';
import { stepOfCode } from './totp-code';
import { Totp } from './totp.entity';
import { WrongCodes } from './wrong-codes';

/** Checks codes of authenticator apps and recovery codes, and keeps what they are checked against. All of it happens under the lock of the user. */
@Injectable()
export class SecondFactorService {
  private readonly encryption: Encryption;
  private readonly hashes: RecoveryCodeHashes;

  constructor(
    config: Config,
    private readonly wrongCodes: WrongCodes,
    private readonly audit: AuditService,
    private readonly notices: NoticesService,
  ) {
    this.encryption = new Encryption(config.encryptionKeys, 'totp-secret');
    this.hashes = new RecoveryCodeHashes(config.encryptionKeys);
  }

  /**
   * Whether `code` is one of the user's authenticator app, or a recovery code; it is used up then. Locks the user, so of two requests with the
   * same code one gets it. **Commit the transaction when it says no**, too: wrong codes are counted in it.
   * @throws ProblemError 429 `too-many-requests` after too many wrong ones, even for a right one; UnauthorizedError when the account is gone
   */
  async verify(manager: EntityManager, userId: string, code: string, client: Client | null = null): Promise<boolean> {
    const user = await lockUser(manager, userId);
    const totp = await manager.findOneBy(Totp, { userId, confirmedAt: Not(IsNull()) });
    if (totp === null) return false;
    await this.wrongCodes.requireFew(manager, user);
    const isRight =
      (await this.takeAppCode(manager, totp, code)) || (await this.takeRecoveryCode(manager, user, code, client));
    if (!isRight) await this.wrongCodes.add(manager, user, client);
    return isRight;
  }

  /** Takes a code of the app that has not been taken before (RFC 6238, 5.2). The caller has locked the user. */
  async takeAppCode(manager: EntityManager, totp: Totp, code: string): Promise<boolean> {
    const { userId } = totp;
    const secret = this.encryption.open(totp.secret, userId);
    const step = stepOfCode(code.replaceAll(/\s/g, ''), secret, Number(totp.lastStep), Date.now());
    if (step === null) return false;
    // By the way, secrets move to the key for new values: so a former one can be given up one day.
    const renewed = this.encryption.isCurrent(totp.secret) ? {} : { secret: this.encryption.seal(secret, userId) };
    await manager.update(Totp, { userId }, { lastStep: String(step), ...renewed });
    return true;
  }

  /** Begins anew with a secret that asks nobody for anything until it is confirmed. The caller has locked the user. */
  async keepSecret(manager: EntityManager, userId: string, secret: Uint8Array): Promise<void> {
    const sealed = this.encryption.seal(secret, userId);
    await manager.upsert(Totp, { userId, secret: sealed, confirmedAt: null, lastStep: '0' }, ['userId']);
  }

  /** Without authenticator app and recovery codes from now on. The caller has locked the user. */
  async forget(manager: EntityManager, userId: string): Promise<void> {
    await manager.delete(Totp, { userId });
    await manager.delete(RecoveryCode, { userId });
  }

  /** Ten new recovery codes in place of all that there were, in the clear for the only time. The caller has locked the user. */
  async replaceRecoveryCodes(manager: EntityManager, userId: string): Promise<string[]> {
    const codes = newRecoveryCodes();
    await manager.delete(RecoveryCode, { userId });
    const rows = codes.map((code) => ({ userId, hash: this.hashes.of(code, userId)[0], usedAt: null }));
    await manager.insert(RecoveryCode, rows);
    return codes;
  }

  countRecoveryCodes(manager: EntityManager, userId: string): Promise<number> {
    return manager.countBy(RecoveryCode, { userId, usedAt: IsNull() });
  }

  private async takeRecoveryCode(
    manager: EntityManager,
    user: User,
    typed: string,
    client: Client | null,
  ): Promise<boolean> {
    const userId = user.id;
    const code = readRecoveryCode(typed);
    if (code === null) return false;
    const unused = { userId, hash: In(this.hashes.of(code, userId)), usedAt: IsNull() };
    const { affected } = await manager.update(RecoveryCode, unused, { usedAt: new Date() });
    if (affected !== 1) return false;
    const left = await this.countRecoveryCodes(manager, userId);
    await this.audit.record(manager, { userId, type: 'recovery-code-used', client, detail: { left } });
    await this.notices.tell(manager, user, client, {
      subject: 'A recovery code was used',
      what: `One of your recovery codes was used in place of a code of your authenticator app. You have ${left} left.`,
    });
    return true;
  }
}
