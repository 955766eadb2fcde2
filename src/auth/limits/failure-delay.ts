/** How failures slow down the next attempt; see `docs/security.md`. */
export interface DelayRule {
  /** The failure in a row from which on there is a delay. */
  from: number;
  /** The delay after that one, in seconds; it doubles with each further one. */
  first: number;
}

/** The longest delay, in seconds. */
export const LONGEST_DELAY = 900;

/** Seconds to wait after so many failures in a row. */
export function delayAfter(failures: number, { from, first }: DelayRule): number {
  return failures < from ? 0 : Math.min(LONGEST_DELAY, first * 2 ** (failures - from));
}
