/**
 * Work that the server does by itself every so often, such as removing what is old. A provider of a worker module that extends this runs by itself:
 * every process that handles jobs has it, so two may run it at once, and a crash may end it half-way. It must bear both: small batches, each a statement
 * or a transaction of its own, that leave what another one has done already.
 */
export abstract class PeriodicTask {
  /** For the log. */
  abstract readonly name: string;

  /** Milliseconds from the end of one run to the beginning of the next. */
  abstract readonly everyMs: number;

  /** Does what is due now. `signal` is aborted when the process stops: end soon, by returning or by throwing. */
  abstract run(signal: AbortSignal): Promise<void>;
}
