import { Injectable, Logger } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { PeriodicTask } from '../../jobs/periodic/periodic-task';
import { AccountContent } from '../../users/account-content';
import { SessionsService } from '../sessions/sessions.service';

/** Accounts of one run. */
const BATCH = 100;

/** Every replica has read by then which sessions were ended (it does so every 5 s): with the row of a session, nobody could know any more. */
const SESSIONS_KNOWN_SECONDS = 15;

const DUE = `select id from users where delete_after <= now() order by delete_after limit ${BATCH}`;

/** Waits for whoever keeps the account at this moment. $1 the user. */
const LOCK = `select email from users where id = $1 and delete_after <= clock_timestamp() for update`;

const JUST_ENDED = `
  select exists (
    select from sessions
    where user_id = $1 and (revoked_at is null or revoked_at > clock_timestamp() - make_interval(secs => ${SESSIONS_KNOWN_SECONDS}))
  ) as found`;

/**
 * Deletes accounts whose time is over. All sessions end first; then goes what features keep for the user, in small steps; last the row, with everything
 * that refers to it. Nothing says how far a deletion is: each step finds what is left, so one that a crash ended half-way goes on, and several processes may
 * work at the same account. An account that is kept has a time in the future, or none, and is looked at no more.
 */
@Injectable()
export class AccountDeletions extends PeriodicTask {
  readonly name = 'delete accounts';
  readonly everyMs = 10_000;
  private readonly logger = new Logger(AccountDeletions.name);

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly discovery: DiscoveryService,
    private readonly sessions: SessionsService,
  ) {
    super();
  }

  async run(signal: AbortSignal): Promise<void> {
    const due = await this.dataSource.query<{ id: string }[]>(DUE);
    for (const { id } of due) {
      signal.throwIfAborted();
      await this.tryToDelete(id, signal);
    }
  }

  /** One account that cannot be deleted keeps no other from it. */
  private async tryToDelete(userId: string, signal: AbortSignal): Promise<void> {
    try {
      const isGone = await this.delete(userId, signal);
      if (isGone) this.logger.log(`The account ${userId} is deleted, as its owner asked`);
    } catch (error) {
      if (!signal.aborted) this.logger.error(`The account ${userId} could not be deleted; it is tried again`, error);
    }
  }

  /** @returns whether the account went; if not, it is kept, or goes at a later run. */
  private async delete(userId: string, signal: AbortSignal): Promise<boolean> {
    const isDue = await this.dataSource.transaction(async (manager) => {
      if ((await lockDue(manager, userId)) === undefined) return false;
      await this.sessions.endAll(manager, userId);
      return true;
    });
    if (!isDue) return false;
    for (const content of this.contents()) await content.remove(userId, signal);
    return this.dataSource.transaction((manager) => this.deleteRow(manager, userId));
  }

  private async deleteRow(manager: EntityManager, userId: string): Promise<boolean> {
    const email = await lockDue(manager, userId);
    if (email === undefined) return false;
    const [{ found = true } = {}] = await manager.query<{ found: boolean }[]>(JUST_ENDED, [userId]);
    if (found) return false;
    for (const content of this.contents()) if (await content.isLeft(manager, userId)) return false;
    await manager.query(`delete from invitations where email = $1`, [email]);
    await manager.query(`delete from users where id = $1`, [userId]);
    return true;
  }

  private contents(): AccountContent[] {
    const instances = this.discovery.getProviders().map((provider): unknown => provider.instance);
    return instances.filter((instance): instance is AccountContent => instance instanceof AccountContent);
  }
}

/** The address of an account whose time is over, locked; undefined for every other. */
async function lockDue(manager: EntityManager, userId: string): Promise<string | undefined> {
  const [row] = await manager.query<{ email: string }[]>(LOCK, [userId]);
  return row?.email;
}
