import { Injectable } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import { DataSource, type EntityManager, IsNull, Repository } from 'typeorm';
import { createdCursor, readCreatedCursor } from '../../common/created-cursor';
import { type Page, type PageQuery, pageOf } from '../../common/page';
import { ConflictError, ForbiddenError, NotFoundError } from '../../common/problem';
import { newSecretToken, secretHash } from '../../common/secret-token';
import { newId } from '../../common/uuid';
import { Config } from '../../config/config';
import { renderMail } from '../../mail/mail-template';
import { MailService } from '../../mail/mail.service';
import { UsersService } from '../../users/users.service';
import type { Actor } from '../administration/actor';
import { AuditService } from '../audit/audit.service';
import { INVITATION_PAGE } from '../pages/page-paths';
import { Invitation } from './invitation.entity';

/** Prefix of the secrets in the links, so that scanners know one that leaked. */
const PREFIX = 'cmi_';

const KIND = 'invitations';
const DAY_MS = 86_400_000;

/** Invitations: made, listed and withdrawn by administrators; `RegistrationPolicy` uses them up. */
@Injectable()
export class InvitationsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @InjectRepository(Invitation) private readonly invitations: Repository<Invitation>,
    private readonly config: Config,
    private readonly users: UsersService,
    private readonly mails: MailService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Mails a link to make an account with. A former invitation of the address that was not used is void.
   * @throws ConflictError `email-taken`; ForbiddenError `registration-closed` where nobody could accept it.
   */
  async invite(administrator: Actor & { id: string }, email: string): Promise<Invitation> {
    if (this.config.REGISTRATION === 'closed') {
      throw new ForbiddenError('registration-closed', 'Nobody can register here: make the account with a command');
    }
    if ((await this.users.findByEmail(email)) !== null) {
      throw new ConflictError('email-taken', 'This e-mail address has an account');
    }
    const secret = newSecretToken(PREFIX);
    return this.dataSource.transaction(async (manager) => {
      const invitation = await this.replace(manager, administrator.id, email, secret);
      const { id: userId, client } = administrator;
      await this.audit.record(manager, { userId, client, type: 'user-invited', detail: { email } });
      await this.mails.send(manager, { to: email, ...this.mailOf(secret) });
      return invitation;
    });
  }

  /** All invitations, newest first. @throws MalformedRequestError when the cursor is not of this list. */
  async list({ limit, cursor }: PageQuery): Promise<Page<Invitation>> {
    const select = this.invitations
      .createQueryBuilder('invitation')
      .orderBy('invitation.createdAt', 'DESC')
      .addOrderBy('invitation.id', 'DESC')
      .limit(limit + 1);
    if (cursor !== undefined) {
      select.where('(invitation.createdAt, invitation.id) < (:createdAt, :id)', readCreatedCursor(KIND, cursor));
    }
    return pageOf(
      await select.getMany(),
      limit,
      (row) => row,
      (row) => createdCursor(KIND, row),
    );
  }

  /** Voids the link. @throws NotFoundError; ConflictError `conflict` when the account is made already. */
  async withdraw(id: string): Promise<void> {
    const { affected } = await this.invitations.delete({ id, acceptedAt: IsNull() });
    if (affected === 1) return;
    if (!(await this.invitations.existsBy({ id }))) throw new NotFoundError('invitation');
    throw new ConflictError('conflict', 'The invitation was accepted: disable the account instead');
  }

  /** `invitations_email_key` allows one open invitation an address. */
  private async replace(manager: EntityManager, invitedBy: string, email: string, secret: string): Promise<Invitation> {
    const expiresAt = new Date(Date.now() + this.config.INVITATION_DAYS * DAY_MS);
    const [row] = await manager.query<{ id: string }[]>(
      `insert into invitations (id, invited_by, email, hash, expires_at) values ($1, $2, $3, $4, $5)
       on conflict (email) where accepted_at is null do update
         set id = excluded.id, invited_by = excluded.invited_by, email = excluded.email, hash = excluded.hash,
           expires_at = excluded.expires_at, created_at = excluded.created_at
       returning id`,
      [newId(), invitedBy, email, secretHash(secret), expiresAt],
    );
    return manager.findOneByOrFail(Invitation, { id: row?.id });
  }

  private mailOf(secret: string): { subject: string; text: string; html: string } {
    const days = this.config.INVITATION_DAYS;
    return renderMail({
      subject: 'You are invited to Commonplace',
      paragraphs: ['You are invited to make an account for notes and bookmarks on this server.'],
      action: { label: 'Make an account', url: `${this.config.publicUrl}${INVITATION_PAGE}?token=${secret}` },
      footnote: `The link works once, for ${days === 1 ? 'a day' : `${days} days`}. If you do not know what this is about, ignore it.`,
    });
  }
}
