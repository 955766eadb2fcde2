import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../common/client';
import { ProblemError } from '../../common/problem';
import type { User } from '../../users/user.entity';
import { AuditService } from '../audit/audit.service';
import { NoticesService } from '../notices/notices.service';

/**
 * How many wrong codes an account may be given, whatever they were given with. Three of a million codes are right at any time: at this pace,
 * guessing takes some eighteen years on average (NIST SP 800-63B-4, 3.2.2, asks for at most 100 in a row).
 */
const LIMITS = [
  { codes: 10, seconds: 600 },
  { codes: 50, seconds: 86_400 },
];

/** So many wrong codes in a day are no slips: the owner is told, once. */
const TELL_AT = 5;

/**
 * Counts wrong codes by account, in the audit trail. Only who has passed the first step (or has a session) can give any; so the owner's way out, if
 * somebody uses the attempts up, is a new password, after which only what is tried with the new one counts. A passkey works all the time.
 */
@Injectable()
export class WrongCodes {
  constructor(
    private readonly audit: AuditService,
    private readonly notices: NoticesService,
  ) {}

  /** @throws ProblemError 429 when there were so many that not even a right code is taken. The caller has locked the user. */
  async requireFew(manager: EntityManager, user: User): Promise<void> {
    const ages = await this.ages(manager, user);
    for (const { codes, seconds } of LIMITS) {
      const age = ages[codes - 1];
      if (age !== undefined && age < seconds) throw tooMany(Math.ceil(seconds - age));
    }
  }

  /** Notes one more, in the caller's transaction, which is to be committed. */
  async add(manager: EntityManager, user: User, client: Client | null): Promise<void> {
    await this.audit.record(manager, { userId: user.id, type: 'second-factor-failed', client });
    if ((await this.ages(manager, user)).length !== TELL_AT) return;
    await this.notices.tell(manager, user, client, {
      subject: 'Wrong codes for your account',
      what: `Somebody got past the first step of signing in to your account, and gave ${TELL_AT} wrong codes. If it was not you, they know your password: set a new one.`,
    });
  }

  /** Seconds since each of the last wrong codes of a day, the latest first, since the last change of the password. */
  private async ages(manager: EntityManager, user: User): Promise<number[]> {
    const rows = await manager.query<{ age: number }[]>(
      `select extract(epoch from now() - created_at)::float as age from audit_events
       where user_id = $1 and type = 'second-factor-failed'
         and created_at > greatest(now() - interval '1 day', $2::timestamptz)
       order by created_at desc, id desc limit 50`,
      [user.id, user.passwordChangedAt],
    );
    return rows.map(({ age }) => age);
  }
}

function tooMany(seconds: number): ProblemError {
  return new ProblemError(
    429,
    'too-many-requests',
    'Too many attempts',
    'Too many wrong codes were given for this account: wait as long as Retry-After says, or set a new password',
    { headers: { 'Retry-After': String(seconds) } },
  );
}
