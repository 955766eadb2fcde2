import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool, PoolClient, QueryConfig, QueryResultRow } from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { Pipelines } from './pipelines';
import { sharedRunner } from './shared-transaction';

/** An SQL statement; with a name it is prepared once a connection, and only its values travel after that. */
export interface Statement {
  name?: string;
  text: string;
  /** That it reads a few pages of an index and waits for no lock: it may then share a connection with others, see `Pipelines`. */
  quick?: boolean;
}

/**
 * Runs statements on TypeORM's own pool, without its query runner: for the hot routes, each of which is one statement.
 * What needs a transaction goes through `DataSource.transaction`.
 */
@Injectable()
export class Statements {
  private pipelines?: Pipelines;

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async run<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    const { name, text, quick } = statement;
    const query = { name, text, values: [...values] };
    const shared = sharedRunner();
    if (shared !== undefined) return within<Row>(shared, query);
    const pool = this.pool();
    if (!quick) return (await pool.query<Row>(query)).rows;
    this.pipelines ??= new Pipelines(pool, Math.ceil(pool.options.max / 2));
    return this.pipelines.run<Row>(query);
  }

  /** The pool is made when the data source connects, which is after this service is made. */
  private pool(): Pool {
    const { master } = this.dataSource.driver as unknown as { master: Pool };
    return master;
  }
}

/** In a shared transaction, a statement is one of its own too: it fails alone. */
async function within<Row extends QueryResultRow>(runner: QueryRunner, query: QueryConfig): Promise<Row[]> {
  return runner.manager.transaction(async () => {
    const client = (await runner.connect()) as PoolClient;
    return (await client.query<Row>(query)).rows;
  });
}
