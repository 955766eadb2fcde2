import { Injectable } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import { DataSource, IsNull, MoreThan, Repository } from 'typeorm';
import type { Client } from '../../common/client';
import { ProblemError } from '../../common/problem';
import { secretHash } from '../../common/secret-token';
import { textProblem } from '../../common/text';
import { UsersService } from '../../users/users.service';
import { AuditService } from '../audit/audit.service';
import { TokenInvalidError } from '../one-time-tokens/token-invalid.error';
import type { PageAnswer } from '../pages/page-views';
import { hashNewPassword } from '../passwords/new-password';
import { RegistrationPolicy } from '../registration/registration-policy';
import type { InvitationForm } from './invitation.form';
import { Invitation } from './invitation.entity';
import { accountMade, invitationForm, invitationInvalid } from './invitation-views';

/** The page that the link of an invitation opens: what it says, and what its form does. */
@Injectable()
export class InvitationPageService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @InjectRepository(Invitation) private readonly invitations: Repository<Invitation>,
    private readonly users: UsersService,
    private readonly registration: RegistrationPolicy,
    private readonly audit: AuditService,
  ) {}

  /** A form for an account; uses nothing up: programs that look through mails open links. */
  async form(token: unknown): Promise<PageAnswer> {
    if (typeof token !== 'string') return invitationInvalid();
    const email = await this.addressOf(token);
    return email === null ? invitationInvalid() : invitationForm({ token, email });
  }

  /**
   * Makes the account of whoever was invited, and signs nobody in: there is no script to give the tokens to. The form comes again, with the reason, when the
   * name or the password cannot be used.
   */
  async accept({ token, name = '', password }: InvitationForm, client: Client): Promise<PageAnswer> {
    const email = await this.addressOf(token);
    if (email === null) return invitationInvalid();
    const nameFault = textProblem(name, { maxCodePoints: 200, multiline: false });
    if (nameFault !== null) return invitationForm({ token, email, name, fault: { field: 'name', detail: nameFault } });
    try {
      const passwordHash = await hashNewPassword({ password, pointer: '#/password', email });
      await this.dataSource.transaction(async (manager) => {
        const { emailVerified } = await this.registration.require(manager, { email, invitation: token });
        // Of two that send the form at once, where anybody may register, the second would be let in without the invitation.
        if (!emailVerified) throw new TokenInvalidError();
        const account = { email, passwordHash, name: name.trim() || null, emailVerifiedAt: new Date() };
        const { id: userId } = await this.users.create(manager, account);
        await this.audit.record(manager, { userId, type: 'registered', client });
      });
      return accountMade();
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      if (['registration-closed', 'email-taken', 'token-invalid'].includes(error.code)) return invitationInvalid();
      const detail = error.code === 'validation-failed' ? error.options.errors?.[0]?.detail : undefined;
      if (detail === undefined) throw error;
      return invitationForm({ token, email, name, fault: { field: 'password', detail } });
    }
  }

  /** Whom a link is for, while it can be used; null when it cannot. */
  private async addressOf(token: string): Promise<string | null> {
    const usable = { hash: secretHash(token), acceptedAt: IsNull(), expiresAt: MoreThan(new Date()) };
    return (await this.invitations.findOneBy(usable))?.email ?? null;
  }
}
