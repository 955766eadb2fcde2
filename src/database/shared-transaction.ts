import { AsyncLocalStorage } from 'node:async_hooks';
import { DataSource, type QueryRunner } from 'typeorm';

interface Shared {
  runner?: QueryRunner;
}

const storage = new AsyncLocalStorage<Shared>();

/** The connection of the transaction that everything under way here shares; undefined when there is none. */
export function sharedRunner(): QueryRunner | undefined {
  return storage.getStore()?.runner;
}

/**
 * Runs `work`, and commits what it wrote all at once, from where it called `beginShared` on; an error rolls all of it back. Whatever uses the data source
 * or `Statements` meanwhile takes part without knowing: its transactions become savepoints. One after the other: savepoints nest, so two that overlap
 * would end each other.
 */
export async function sharingTransaction<T>(work: () => Promise<T>): Promise<T> {
  const shared: Shared = {};
  let runner: QueryRunner | undefined;
  try {
    const result = await storage.run(shared, work).finally(() => {
      // What goes on after the end has connections of its own.
      runner = shared.runner;
      delete shared.runner;
    });
    await runner?.commitTransaction();
    return result;
  } catch (error) {
    // The first error tells what went wrong; a connection that is gone has rolled back anyway.
    await runner?.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await runner?.release();
  }
}

/** Begins the transaction that is shared. @throws Error outside of `sharingTransaction`, and when it has begun already */
export async function beginShared(dataSource: DataSource): Promise<void> {
  const shared = storage.getStore();
  if (shared === undefined || shared.runner !== undefined) throw new Error('There is no shared transaction to begin');
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction();
  } catch (error) {
    await runner.release();
    throw error;
  }
  shared.runner = runner;
}

/**
 * A data source that takes part in a shared transaction. Whatever TypeORM does, transactions, repositories and query builders, asks here for its connection,
 * so this is the one place to step in.
 */
export class SharingDataSource extends DataSource {
  override createQueryRunner(mode?: Parameters<DataSource['createQueryRunner']>[0]): QueryRunner {
    const shared = sharedRunner();
    return shared === undefined ? super.createQueryRunner(mode) : lent(shared);
  }
}

/** The same connection, which the borrower cannot give back. */
function lent(runner: QueryRunner): QueryRunner {
  return new Proxy(runner, {
    get: (target, name, receiver): unknown =>
      name === 'release' ? () => Promise.resolve() : Reflect.get(target, name, receiver),
  });
}
