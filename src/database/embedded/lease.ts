import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Acquired } from './acquire';
import type { Cluster } from './cluster';
import { leave } from './connect';
import { messageOf } from '../../common/errors';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 30_000;

/**
 * Our share in the running server: a connection that holds a shared advisory lock, so that whoever gets the exclusive one
 * knows to be the last. If the connection breaks, it is made anew; if PostgreSQL itself has died, that starts it again.
 */
export class Lease {
  private readonly released = new AbortController();
  private client: Client | undefined;
  private renewal: Promise<void> = Promise.resolve();

  /** @param reacquire Must give a server on the same port, the one that our callers know. */
  constructor(
    private readonly cluster: Cluster,
    acquired: Acquired,
    private readonly reacquire: (port: number, signal: AbortSignal) => Promise<Acquired>,
  ) {
    this.hold(acquired);
  }

  /**
   * Gives up the share.
   * @returns true if nobody else has one. Nobody can get one then until `end` is called: stop the server in between.
   */
  async release(): Promise<boolean> {
    this.released.abort();
    await this.renewal;
    if (!this.client) {
      this.cluster.log('warn', 'Embedded PostgreSQL is left as it is: the connection to it is broken.');
      return false;
    }
    return leave(this.client);
  }

  async end(): Promise<void> {
    await this.client?.end();
  }

  private hold({ client, port }: Acquired): void {
    this.client = client;
    client.on('error', ({ message }) => {
      if (!this.released.signal.aborted) this.cluster.log('warn', `Embedded PostgreSQL: ${message}`);
    });
    client.once('end', () => {
      if (this.released.signal.aborted) return;
      this.client = undefined;
      this.renewal = this.renew(port);
    });
  }

  private async renew(port: number): Promise<void> {
    const { signal } = this.released;
    for (let delay = FIRST_RETRY_MS; !signal.aborted; delay = Math.min(delay * 2, LAST_RETRY_MS)) {
      try {
        const acquired = await this.reacquire(port, signal);
        this.hold(acquired);
        if (acquired.port === port) this.cluster.log('info', 'Embedded PostgreSQL: connected again.');
        else
          this.cluster.log(
            'error',
            `Embedded PostgreSQL moved from port ${port} to ${acquired.port}: restart this process.`,
          );
        return;
      } catch (error) {
        if (!signal.aborted) this.cluster.log('error', `Embedded PostgreSQL is away: ${messageOf(error)}`);
      }
      await pause(delay, signal);
    }
  }
}

async function pause(delay: number, signal: AbortSignal): Promise<void> {
  await sleep(delay, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
