import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, QueryFailedError, Repository } from 'typeorm';
import { ConflictError, UnauthorizedError } from '../common/problem';
import { newId } from '../common/uuid';
import type { UpdateUserRequest } from './update-user.request';
import { User } from './user.entity';

export interface NewUser {
  email: string;
  passwordHash: string | null;
  name: string | null;
  /** When somebody else has verified the address; not given: it is not verified. */
  emailVerifiedAt?: Date | null;
}

@Injectable()
export class UsersService {
  constructor(@InjectRepository(User) private readonly users: Repository<User>) {}

  /**
   * The signed-in user.
   * @throws UnauthorizedError when the account is gone: its access tokens outlive it by minutes.
   */
  async getSelf(id: string): Promise<User> {
    const user = await this.users.findOneBy({ id });
    if (user === null) throw new UnauthorizedError('The account of this token is gone', 'invalid_token');
    return user;
  }

  async updateSelf(id: string, patch: UpdateUserRequest): Promise<User> {
    // Not `save`: it would bring an account back that is deleted meanwhile.
    if (patch.name !== undefined) await this.users.update({ id }, { name: patch.name?.trim() || null });
    return this.getSelf(id);
  }

  /** The account of an address, compared without case, with its password hash; null when there is none. */
  findForSignIn(email: string): Promise<User | null> {
    return this.users.createQueryBuilder('user').addSelect('user.passwordHash').where({ email }).getOne();
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
      passwordChangedAt: null,
      disabledAt: null,
      deleteAfter: null,
      ...user,
    });
    try {
      await manager.insert(User, row);
      return row;
    } catch (error) {
      if (isUniqueViolation(error, 'users_email_key')) {
        throw new ConflictError('email-taken', 'This e-mail address has an account: sign in, or use another address');
      }
      throw error;
    }
  }
}

/** Whether a statement failed since another row has the same, by the name of the constraint. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return (
    error instanceof QueryFailedError &&
    'constraint' in error.driverError &&
    error.driverError.constraint === constraint
  );
}
