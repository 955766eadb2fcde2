import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Statements } from '../../database/statements';

const MINUTE_MS = 60_000;

/** More tokens than this, used within a minute, are asked about more often: the statement holds the minute. */
const MOST_NOTED = 10_000;

/** $1 the token, $2 the address. The condition makes replicas that use the same token write once a minute together. */
const NOTE_USE = {
  name: 'note-access-token-use',
  text: `
    update access_tokens set last_used_at = now(), last_used_ip = $2
    where id = $1 and (last_used_at is null or last_used_at <= now() - interval '1 minute')`,
};

/**
 * Writes when and from where access tokens were last used, once a minute at most, beside the request and never in its way: a use that cannot be written
 * is logged and lost.
 */
@Injectable()
export class AccessTokenUsage implements BeforeApplicationShutdown {
  private readonly logger = new Logger(AccessTokenUsage.name);
  /** When each token was last written about here, the longest ago first. */
  private readonly noted = new Map<string, number>();
  private readonly writing = new Set<Promise<void>>();
  private isClosing = false;

  constructor(private readonly statements: Statements) {}

  /** That a token was just used, from `ip`, for something that it may do. */
  note(id: string, ip: string | null): void {
    const now = performance.now();
    const before = this.noted.get(id);
    if (this.isClosing || (before !== undefined && now - before < MINUTE_MS)) return;
    this.noted.delete(id);
    this.noted.set(id, now);
    const [oldest] = this.noted.keys();
    if (this.noted.size > MOST_NOTED && oldest !== undefined) this.noted.delete(oldest);
    const write = this.write(id, ip).finally(() => this.writing.delete(write));
    this.writing.add(write);
  }

  /** What is on its way is finished; nothing new is begun, since the pool is about to close. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isClosing = true;
    await Promise.all(this.writing);
  }

  private async write(id: string, ip: string | null): Promise<void> {
    try {
      await this.statements.run(NOTE_USE, [id, ip]);
    } catch (error) {
      this.logger.warn('The use of an access token could not be written', error);
    }
  }
}
