import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Statements } from '../../database/statements';
import { COUNT_VIEWS } from '../shares.queries';

/**
 * Counts views behind the answers. Of one share, those that come while a statement is under way are counted together by the next: readers of a popular note
 * wait neither for the database nor for each other. A crash loses those of a moment.
 */
@Injectable()
export class ShareViews implements OnApplicationShutdown {
  private readonly logger = new Logger(ShareViews.name);
  private readonly uncounted = new Map<string, number>();
  private readonly writing = new Map<string, Promise<void>>();

  constructor(private readonly statements: Statements) {}

  count(shareId: string): void {
    this.uncounted.set(shareId, (this.uncounted.get(shareId) ?? 0) + 1);
    if (!this.writing.has(shareId)) this.writing.set(shareId, this.write(shareId));
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.writing.values());
  }

  private async write(shareId: string): Promise<void> {
    try {
      for (let views = this.take(shareId); views > 0; views = this.take(shareId)) {
        await this.statements.run(COUNT_VIEWS, [shareId, views]);
      }
    } catch (error) {
      this.logger.warn('Views of a share were not counted', error);
    } finally {
      this.writing.delete(shareId);
    }
  }

  private take(shareId: string): number {
    const views = this.uncounted.get(shareId) ?? 0;
    this.uncounted.delete(shareId);
    return views;
  }
}
