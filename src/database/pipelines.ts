import type { Pool, PoolClient, QueryConfig, QueryResultRow } from 'pg';

/** How many statements may be under way on a connection before another one is used too. */
const DEPTH = 8;

/** A connection of the pool that several statements use at once. */
class Pipeline {
  readonly client: Promise<PoolClient>;
  underWay = 0;
  isBroken = false;

  constructor(pool: Pool) {
    this.client = pool.connect().then((client) => client.once('error', this.onError));
    // Whoever waits for the connection is told that there is none.
    this.client.catch(this.onError);
  }

  /** Gives the connection back; the pool drops it when it is broken. */
  release(): void {
    void this.client.then(
      (client) => client.off('error', this.onError).release(),
      () => undefined,
    );
  }

  private readonly onError = (): void => {
    this.isBroken = true;
  };
}

/**
 * Sends quick statements through connections that they share: each is on its way before the one ahead of it is answered (the mode `pipeline` of pg), which
 * saves the system most of the waking and switching that a connection for each costs. Every statement is a transaction of its own and fails alone.
 *
 * For statements that read a few pages of an index and wait for no lock: a slow one would hold up those behind it.
 */
export class Pipelines {
  private open: Pipeline[] = [];

  /**
   * @param pool of clients in the mode `pipeline`
   * @param most connections that are taken from it at a time; the others are left to transactions
   */
  constructor(
    private readonly pool: Pool,
    private readonly most: number,
  ) {}

  /** @throws Error as `pool.query` does. */
  async run<Row extends QueryResultRow>(query: QueryConfig): Promise<Row[]> {
    const pipeline = this.choose();
    pipeline.underWay += 1;
    try {
      const client = await pipeline.client;
      return (await client.query<Row>(query)).rows;
    } finally {
      pipeline.underWay -= 1;
      if (pipeline.underWay === 0) this.close(pipeline);
    }
  }

  private choose(): Pipeline {
    const usable = this.open.filter((pipeline) => !pipeline.isBroken);
    // The first that has room, so that few connections are used while few are enough.
    const first = usable.find((pipeline) => pipeline.underWay < DEPTH);
    if (first !== undefined) return first;
    const [least] = usable.sort((a, b) => a.underWay - b.underWay);
    if (least !== undefined && usable.length >= this.most) return least;
    const pipeline = new Pipeline(this.pool);
    this.open.push(pipeline);
    return pipeline;
  }

  private close(pipeline: Pipeline): void {
    this.open = this.open.filter((other) => other !== pipeline);
    pipeline.release();
  }
}
