import { Injectable } from '@nestjs/common';

/** How often background work is looked after, in milliseconds. Tests are less patient. */
@Injectable()
export class JobTimings {
  readonly sweepEveryMs: number = 10_000;
  /** An unfinished job without a sign of life for this long is handed over again. */
  readonly sweepAfterMs: number = 30_000;
  /** A running attempt gives a sign of life this often; well below `sweepAfterMs`. */
  readonly heartbeatMs: number = 10_000;
  /** Periodic tasks run for the first time at a random moment within this time. */
  readonly firstTaskWithinMs: number = 10_000;
}
