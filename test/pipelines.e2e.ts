import { Pool } from 'pg';
import { Pipelines } from '../src/database/pipelines';
import { createTestDatabase, query, type TestDatabase } from './support/database';

const PID = 'select pg_backend_pid() as pid';

describe('statements that share connections', () => {
  let database: TestDatabase;
  let pool: Pool;
  let pipelines: Pipelines;

  beforeAll(async () => {
    database = await createTestDatabase();
  });

  beforeEach(() => {
    pool = new Pool({
      connectionString: database.url,
      max: 4,
      pipeline: true,
      connectionTimeoutMillis: 5_000,
    } as object);
    // As TypeORM does: an idle connection that breaks is replaced when it is needed.
    pool.on('error', () => undefined);
    pipelines = new Pipelines(pool, 2);
  });

  afterEach(() => pool.end());
  afterAll(() => database.drop());

  const run = (text: string, values: unknown[] = []): Promise<{ pid: number; value: number }[]> =>
    pipelines.run({ text, values });

  it('get each its own answer, also when all of them are prepared under one name at once', async () => {
    const asked = Array.from({ length: 100 }, (_, value) => value);
    const answers = await Promise.all(
      asked.map((value) =>
        pipelines.run<{ value: number }>({ name: 'own', text: 'select $1::int as value', values: [value] }),
      ),
    );
    expect(answers.map(([row]) => row?.value)).toEqual(asked);
  });

  it('use one connection while few are under way, and never more than they may', async () => {
    const pidsOf = async (count: number): Promise<number> => {
      const answers = await Promise.all(Array.from({ length: count }, () => run(PID)));
      return new Set(answers.map(([row]) => row?.pid)).size;
    };
    expect(await pidsOf(8)).toBe(1);
    expect(await pidsOf(9)).toBe(2);
    expect(await pidsOf(200)).toBe(2);
    const other = await pool.connect();
    other.release();
    expect(pool.idleCount).toBe(pool.totalCount);
  });

  it('fail alone', async () => {
    const outcomes = await Promise.allSettled([
      run('select 1 as value'),
      run('select 1 / 0 as value'),
      run('select 3 as value'),
    ]);
    expect(outcomes).toEqual([
      { status: 'fulfilled', value: [{ value: 1 }] },
      { status: 'rejected', reason: expect.objectContaining({ code: '22012' }) },
      { status: 'fulfilled', value: [{ value: 3 }] },
    ]);
  });

  it('fail together when their connection breaks, and the next ones get another', async () => {
    const [row] = await run(PID);
    const waiting = [run('select pg_sleep(60)'), run('select 1 as value')];
    const outcomes = Promise.allSettled(waiting);
    await query(database.url, 'select pg_terminate_backend($1)', [row?.pid]);
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await run('select 2 as value')).toEqual([{ value: 2 }]);
    expect(pool.waitingCount).toBe(0);
  });

  it('fail when there is no connection to be had, and work again when there is', async () => {
    const taken = await Promise.all(Array.from({ length: 4 }, () => pool.connect()));
    const impatient = new Pipelines(pool, 1);
    pool.options.connectionTimeoutMillis = 100;
    const refused = Promise.allSettled([impatient.run({ text: PID }), impatient.run({ text: PID })]);
    expect((await refused).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    for (const client of taken) client.release();
    expect(await impatient.run({ text: 'select 4 as value' })).toEqual([{ value: 4 }]);
  });
});
