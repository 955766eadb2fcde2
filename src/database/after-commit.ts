import type {
  DataSource,
  EntityManager,
  EntitySubscriberInterface,
  QueryRunner,
  TransactionCommitEvent,
  TransactionRollbackEvent,
  TransactionStartEvent,
} from 'typeorm';

/** What an open transaction has left to be done. */
interface Pending<T> {
  items: T[];
  /** For each open transaction and savepoint, outermost first: how many items there were when it began. */
  marks: number[];
}

/** Keeps what is to be done once a transaction is committed; a rollback, also to a savepoint, forgets it. */
export class AfterCommit<T> implements EntitySubscriberInterface {
  private readonly pending = new WeakMap<QueryRunner, Pending<T>>();

  /** `act` gets the items of a transaction right after its commit. It is not awaited and must not throw. */
  constructor(
    dataSource: DataSource,
    private readonly act: (items: T[]) => void,
  ) {
    dataSource.subscribers.push(this);
  }

  /** False outside of a transaction: nothing was kept. */
  add(manager: EntityManager, ...items: T[]): boolean {
    const pending = manager.queryRunner && this.pending.get(manager.queryRunner);
    if (pending === undefined || pending.marks.length === 0) return false;
    pending.items.push(...items);
    return true;
  }

  afterTransactionStart({ queryRunner }: TransactionStartEvent): void {
    const pending = this.pending.get(queryRunner) ?? { items: [], marks: [] };
    pending.marks.push(pending.items.length);
    this.pending.set(queryRunner, pending);
  }

  afterTransactionCommit({ queryRunner }: TransactionCommitEvent): void {
    const pending = this.pending.get(queryRunner);
    pending?.marks.pop();
    if (pending === undefined || pending.marks.length > 0) return;
    this.pending.delete(queryRunner);
    if (pending.items.length > 0) this.act(pending.items);
  }

  afterTransactionRollback({ queryRunner }: TransactionRollbackEvent): void {
    const pending = this.pending.get(queryRunner);
    if (pending !== undefined) pending.items.length = pending.marks.pop() ?? 0;
  }
}
