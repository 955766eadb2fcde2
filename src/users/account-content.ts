import type { EntityManager } from 'typeorm';

/**
 * What a feature keeps for a user that does not simply go with the user's row: files, and rows that are too many to go in one statement. A provider that
 * extends this is found by the deletion of accounts, which knows no feature above it.
 */
export abstract class AccountContent {
  /**
   * Removes all of it, in bounded steps. May be called again after a crash, or by two processes at once: what is gone is no error.
   * `signal` is aborted when the process stops: end soon, by throwing.
   */
  abstract remove(userId: string, signal: AbortSignal): Promise<void>;

  /** Whether anything is left that would outlive the user's row. That row is locked, so nothing new can refer to it. */
  abstract isLeft(manager: EntityManager, userId: string): Promise<boolean>;
}
