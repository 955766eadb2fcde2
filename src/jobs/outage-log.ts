import type { Logger } from '@nestjs/common';

/** Errors further apart than this belong to different outages. */
const QUIET_MS = 300_000;

/** Logs the beginning and the end of an outage once, however many errors it brings. */
export class OutageLog {
  private down = false;
  private lastErrorAt = 0;

  constructor(
    private readonly logger: Logger,
    private readonly what: string,
  ) {}

  failed(error: unknown): void {
    const now = Date.now();
    const isNew = !this.down || now - this.lastErrorAt > QUIET_MS;
    this.down = true;
    this.lastErrorAt = now;
    if (isNew) this.logger.error(`${this.what} does not work; jobs wait until it does again`, error);
  }

  recovered(): void {
    if (!this.down) return;
    this.down = false;
    this.logger.log(`${this.what} works again`);
  }
}
