import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { createdCursor, readCreatedCursor } from '../../common/created-cursor';
import { type Page, type PageQuery, pageOf } from '../../common/page';
import { NotFoundError } from '../../common/problem';
import { lockAdministrators, requireAnother } from '../../users/administrators';
import { tryLockUser } from '../../users/lock-user';
import { QuotasService } from '../../users/quotas.service';
import { User } from '../../users/user.entity';
import { UsersService } from '../../users/users.service';
import type { AuditEvent } from '../audit/audit-event.entity';
import { AuditService } from '../audit/audit.service';
import { SessionsService } from '../sessions/sessions.service';
import { accountOf } from './account-of';
import { type Actor, auditOf } from './actor';
import type { AdministrateUserRequest, ListUsersQuery, QuotaPatch } from './admin-users.requests';
import { type AdministeredUser, readUser, readUsers, selectUsers, type UserOverview } from './user-overview';

const KIND = 'admin-users';

/** What administrators and commands do to other people's accounts. Routes let only administrators come here; commands are the operator's. */
@Injectable()
export class UserAdministrationService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly audit: AuditService,
    private readonly quotas: QuotasService,
  ) {}

  /** All accounts, newest first, or those with `q` in the address or the name. @throws MalformedRequestError when the cursor is not of this list. */
  async list({ q, cursor, limit }: ListUsersQuery): Promise<Page<AdministeredUser>> {
    const select = selectUsers(this.dataSource.manager)
      .orderBy('user.createdAt', 'DESC')
      .addOrderBy('user.id', 'DESC')
      .limit(limit + 1);
    if (q !== undefined) {
      // The expression of `users_search_idx`; TypeORM would take the casts for parameters.
      const text = `(cast(user.email as text) || ' ' || coalesce(user.name, ''))`;
      select.andWhere(`${text} ilike :pattern`, { pattern: `%${q.replaceAll(/[\\%_]/g, '\\$&')}%` });
    }
    if (cursor !== undefined) {
      select.andWhere('(user.createdAt, user.id) < (:createdAt, :id)', readCreatedCursor(KIND, cursor));
    }
    return pageOf(
      await readUsers(select),
      limit,
      (found) => this.withQuota(found),
      ({ user }) => createdCursor(KIND, user),
    );
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<AdministeredUser> {
    return this.withQuota(await readUser(this.dataSource.manager, id));
  }

  /** What happened to an account, newest first. @throws NotFoundError; MalformedRequestError when the cursor is not of this list. */
  async activity(id: string, query: PageQuery): Promise<Page<AuditEvent>> {
    if (!(await this.dataSource.manager.existsBy(User, { id }))) throw new NotFoundError('account');
    return this.audit.list(id, query);
  }

  /**
   * Changes the role or what may be kept, disables or enables. Whoever loses rights by it loses their sessions too: access tokens say the role.
   * @throws NotFoundError; ConflictError `last-administrator`: of two administrators who demote each other at once, one stays.
   */
  async update(actor: Actor, id: string, patch: AdministrateUserRequest): Promise<AdministeredUser> {
    return this.dataSource.transaction(async (manager) => {
      const administrators = await lockAdministrators(manager);
      // The access token of an administrator outlives the role by seconds: as for a route that is not there.
      if (actor.id !== null && !administrators.includes(actor.id)) throw new NotFoundError('route');
      const user = await lockAccount(manager, id);
      const { role = user.role, disabled = user.disabledAt !== null } = patch;
      const [isDemoted, wasDisabled] = [role !== 'admin' && user.role === 'admin', user.disabledAt !== null];
      const isDisabled = disabled && !wasDisabled;
      if (user.role === 'admin' && (isDemoted || isDisabled)) requireAnother(administrators, id);
      if (role !== user.role) {
        await manager.update(User, { id }, { role });
        const change = auditOf(actor, { from: user.role, to: role });
        await this.audit.record(manager, { userId: id, ...change, type: 'role-changed' });
      }
      if (disabled !== wasDisabled) {
        await manager.update(User, { id }, { disabledAt: disabled ? new Date() : null });
        const type = disabled ? 'account-disabled' : 'account-enabled';
        await this.audit.record(manager, { userId: id, ...auditOf(actor), type });
      }
      if (patch.quota !== undefined) await this.changeQuota(manager, actor, user, patch.quota);
      if (isDemoted || isDisabled) await this.sessions.endAll(manager, id);
      return this.withQuota(await readUser(manager, id));
    });
  }

  /** The same for the account of an address. @throws ProblemError `not-found`; ConflictError `last-administrator` */
  async updateByEmail(actor: Actor, email: string, patch: AdministrateUserRequest): Promise<AdministeredUser> {
    return this.update(actor, (await accountOf(this.users, email)).id, patch);
  }

  /** Ends all sessions of an account; access tokens stay. @throws NotFoundError */
  async signOut(actor: Actor, id: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await lockAccount(manager, id);
      await this.sessions.endAll(manager, id);
      await this.audit.record(manager, { userId: id, ...auditOf(actor), type: 'sessions-ended' });
    });
  }

  private async changeQuota(manager: EntityManager, actor: Actor, user: User, patch: QuotaPatch): Promise<void> {
    const { notes = user.noteLimit, bytes = user.byteLimit } = patch;
    const changes = {
      ...(notes !== user.noteLimit && { notes: { from: user.noteLimit, to: notes } }),
      ...(bytes !== user.byteLimit && { bytes: { from: user.byteLimit, to: bytes } }),
    };
    if (Object.keys(changes).length === 0) return;
    await manager.update(User, { id: user.id }, { noteLimit: notes, byteLimit: bytes });
    await this.audit.record(manager, { userId: user.id, ...auditOf(actor, changes), type: 'quota-changed' });
  }

  private withQuota(overview: UserOverview): AdministeredUser {
    return { ...overview, quota: this.quotas.of(overview.user) };
  }
}

/** With the lock that sign-ins take as well: one that is under way is seen, and the next one sees what changed. @throws NotFoundError */
async function lockAccount(manager: EntityManager, id: string): Promise<User> {
  const user = await tryLockUser(manager, id);
  if (user === null) throw new NotFoundError('account');
  return user;
}
