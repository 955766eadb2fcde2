import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, Repository } from 'typeorm';
import { ConflictError } from '../common/problem';
import { newId } from '../common/uuid';
import { breaches } from '../database/constraints';
import { accountIsGone } from './account-is-gone';
import { lockUser } from './lock-user';
import type { UpdateUserRequest } from './update-user.request';
import { User, type UserRole } from './user.entity';

export interface NewUser {
  email: string;
  passwordHash: string | null;
  name: string | null;
  /** When the address was proven; null or absent: not yet. */
  emailVerifiedAt?: Date | null;
  /** `user` unless said. */
  role?: UserRole;
}

const PROFILE_FIELDS = ['name', 'locale', 'timeZone', 'requireIfMatch'] as const;

@Injectable()
export class UsersService {
  constructor(@InjectRepository(User) private readonly users: Repository<User>) {}

  /**
   * The signed-in user.
   * @throws UnauthorizedError when the account is gone: its access tokens outlive it by minutes.
   */
  async getSelf(id: string): Promise<User> {
    const user = await this.users.findOneBy({ id });
    if (user === null) throw accountIsGone();
    return user;
  }

  /**
   * Applies a merge patch, in the caller's transaction; the row is locked.
   * @returns the names of the fields that are not what they were.
   * @throws UnauthorizedError when the account is gone.
   */
  async update(manager: EntityManager, id: string, patch: UpdateUserRequest): Promise<(keyof UpdateUserRequest)[]> {
    const user = await lockUser(manager, id);
    const given = {
      ...patch,
      ...(patch.name !== undefined && { name: patch.name?.trim() || null }),
      ...(patch.requireIfMatch !== undefined && { requireIfMatch: patch.requireIfMatch ?? false }),
    };
    const changed = PROFILE_FIELDS.filter((field) => given[field] !== undefined && given[field] !== user[field]);
    // Not `save`: it would bring an account back that is deleted meanwhile.
    if (changed.length > 0) {
      await manager.update(User, { id }, Object.fromEntries(changed.map((field) => [field, given[field]])));
    }
    return changed;
  }

  /** The account of an address, compared without case, with its password hash; null when there is none. */
  findForSignIn(email: string): Promise<User | null> {
    return this.users.createQueryBuilder('user').addSelect('user.passwordHash').where({ email }).getOne();
  }

  /** The hash of a user's password; null when there is none, or no such user. */
  async passwordHash(id: string): Promise<string | null> {
    const user = await this.users.findOne({ where: { id }, select: { id: true, passwordHash: true } });
    return user?.passwordHash ?? null;
  }

  /** The signed-in user with the password hash. @throws UnauthorizedError when the account is gone */
  async getWithPassword(id: string): Promise<User> {
    const user = await this.users.createQueryBuilder('user').addSelect('user.passwordHash').where({ id }).getOne();
    if (user === null) throw accountIsGone();
    return user;
  }

  findByEmail(email: string): Promise<User | null> {
    return this.users.findOneBy({ email });
  }

  /** @throws ConflictError `email-taken` when the address has an account, also when two register it at once. */
  async create(manager: EntityManager, user: NewUser): Promise<User> {
    const row = manager.create(User, {
      id: newId(),
      role: 'user',
      emailVerifiedAt: null,
      locale: null,
      timeZone: null,
      requireIfMatch: false,
      passwordChangedAt: null,
      disabledAt: null,
      deleteAfter: null,
      noteLimit: null,
      byteLimit: null,
      noteCount: 0,
      noteBytes: 0,
      hasPassword: user.passwordHash !== null,
      ...user,
    });
    try {
      await manager.insert(User, row);
      return row;
    } catch (error) {
      throw emailTaken(error);
    }
  }

  /** Gives an account another address, which its user has proved. @throws ConflictError `email-taken`, also when two take it at once. */
  async changeEmail(manager: EntityManager, id: string, email: string): Promise<void> {
    try {
      await manager.update(User, { id }, { email, emailVerifiedAt: new Date() });
    } catch (error) {
      throw emailTaken(error);
    }
  }
}

/** What to throw for an error of a statement that writes an address. */
function emailTaken(error: unknown): unknown {
  if (!breaches(error, 'users_email_key')) return error;
  return new ConflictError('email-taken', 'This e-mail address has an account: sign in, or use another address');
}
