import { ProblemError } from '../common/problem';

/** Notes, those in the trash too, and the bytes of UTF-8 in their titles, texts and addresses. */
export interface Amounts {
  notes: number;
  bytes: number;
}

export interface Allowance {
  /** null: as much as one likes. */
  limit: number | null;
  used: number;
}

/** What a user keeps, and may keep. */
export type Quota = Record<keyof Amounts, Allowance>;

/** 422: the account would keep more than it may. */
export class QuotaExceededError extends ProblemError {
  constructor(limit: keyof Amounts, maximum: number, used: number) {
    super(
      422,
      'quota-exceeded',
      'There is no room for this',
      `The account may keep ${maximum} ${UNITS[limit]}, those in the trash too, and has ${used}: this would be more`,
      { extensions: { limit, maximum, used } },
    );
  }
}

const UNITS = { notes: 'notes', bytes: 'bytes of notes' };

/** Why `growth` does not fit; undefined when it does. What does not grow always fits, also above a limit. */
export function exceeded(quota: Quota, growth: Amounts): QuotaExceededError | undefined {
  for (const kind of ['notes', 'bytes'] as const) {
    const { limit, used } = quota[kind];
    if (growth[kind] > 0 && limit !== null && used + growth[kind] > limit) {
      return new QuotaExceededError(kind, limit, used);
    }
  }
  return undefined;
}
