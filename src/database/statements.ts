import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool, QueryResult, QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';

/** An SQL statement; with a name it is prepared once a connection, and only its values travel after that. */
export interface Statement {
  name?: string;
  text: string;
}

/**
 * Runs statements on TypeORM's own pool, without its query runner: for the hot routes, each of which is one statement.
 * What needs a transaction goes through `DataSource.transaction`.
 */
@Injectable()
export class Statements {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async run<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    const result: QueryResult<Row> = await this.pool().query({ ...statement, values: [...values] });
    return result.rows;
  }

  /** The pool is made when the data source connects, which is after this service is made. */
  private pool(): Pool {
    const { master } = this.dataSource.driver as unknown as { master: Pool };
    return master;
  }
}
