import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ConflictError, type ProblemError } from '../common/problem';
import { Config } from '../config/config';
import { accountIsGone } from './account-is-gone';
import { type Amounts, exceeded, type Quota } from './quota';
import { User } from './user.entity';
import { UsersService } from './users.service';

@Injectable()
export class QuotasService {
  /** The limits of users for whom an administrator said nothing else; 0: none. */
  readonly defaults: Readonly<Amounts>;

  constructor(
    private readonly users: UsersService,
    config: Config,
  ) {
    this.defaults = { notes: config.USER_NOTE_LIMIT, bytes: config.USER_BYTE_LIMIT };
  }

  of(user: User): Quota {
    return {
      notes: { limit: (user.noteLimit ?? this.defaults.notes) || null, used: user.noteCount },
      bytes: { limit: (user.byteLimit ?? this.defaults.bytes) || null, used: user.noteBytes },
    };
  }

  /** The quota of the signed-in user. @throws UnauthorizedError when the account is gone */
  async getSelf(userId: string): Promise<Quota> {
    return this.of(await this.users.getSelf(userId));
  }

  /** The quota of a user, as the transaction sees it; null when there is no such user. */
  async read(manager: EntityManager, userId: string): Promise<Quota | null> {
    const user = await manager.findOneBy(User, { id: userId });
    return user && this.of(user);
  }

  /**
   * Why a statement that would have made what the user keeps grow has written nothing.
   * @returns QuotaExceededError; UnauthorizedError when the account is gone; ConflictError `conflict` when there is room by now.
   */
  async refusal(manager: EntityManager, userId: string, growth: Amounts): Promise<ProblemError> {
    const quota = await this.read(manager, userId);
    if (quota === null) return accountIsGone();
    const roomAgain = 'What the account may keep has just changed: try again';
    return exceeded(quota, growth) ?? new ConflictError('conflict', roomAgain);
  }
}
