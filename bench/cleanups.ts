/** Closes what was opened, the last first, however the run ends. */
export class Cleanups {
  private readonly closers: (() => Promise<unknown>)[] = [];

  /** Takes charge of a resource, already while it is being opened: an interruption then waits for it, and closes it. */
  use<T>(opening: Promise<T>, close: (resource: T) => unknown): Promise<T> {
    // Whoever waits for the resource is told that it could not be opened; there is then nothing to close.
    this.closers.push(() => opening.then(close, () => undefined));
    return opening;
  }

  /** Closes everything; what cannot be closed is reported and does not keep the rest open. */
  async run(): Promise<void> {
    for (let close = this.closers.pop(); close !== undefined; close = this.closers.pop()) {
      await close().catch((error: unknown) => process.stderr.write(`Cleaning up failed: ${String(error)}\n`));
    }
  }
}
