import { Client as PgClient } from 'pg';
import { type Statement, Statements } from '../../src/database/statements';
import type { TestApp } from './app';
import { OWN } from './large-library';
import type { ListPage, Notes } from './notes';

/** 21 notes in the order of an index: for each its index entry, its row, its tags and their names; up to three times as many walked, where a filter drops some. */
export const PAGE = 600;
/** The 1,001 newest matches, of a word that every second or third note has: 3,000 rows walked, then 1,000 looked up again to be ranked, 4 buffers each. */
export const WINDOW = 9_000;
export const ranked = (matches: number): number => PAGE + 8 * matches;
/** Each of a set of notes is read and sorted: its row, and what leads to it in an index; and the set itself, some 100 entries a buffer. */
export const gathered = (count: number): number => PAGE + 4 * count + count / 100;
/** No index has both the filter and the order: in the worst case each note of the user is looked at once. */
export const walked = (count: number): number => PAGE + count;

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: PlanNode[];
}

interface Sent {
  statement: Statement;
  values: readonly unknown[];
}

/** Reads what the statements cost that a server runs. */
export class PlanReader {
  private sent: Sent | undefined;
  private readonly named = new Map<string | undefined, Sent>();

  private constructor(readonly database: PgClient) {}

  static async open(app: TestApp): Promise<PlanReader> {
    const database = new PgClient({ connectionString: app.databaseUrl });
    await database.connect();
    const plans = new PlanReader(database);
    const statements = app.app.get(Statements);
    const run = statements.run.bind(statements);
    statements.run = (statement, values) => {
      const sent = { statement, values };
      plans.named.set(statement.name, sent);
      // Periodic tasks remove what is old at any time; no request does.
      if (statement.name?.startsWith('remove-') !== true) plans.sent = sent;
      return run(statement, values);
    };
    return plans;
  }

  close(): Promise<void> {
    return this.database.end();
  }

  /** Buffers that the last statement of the server touches. */
  async costOfSent(): Promise<number> {
    return buffersOf(await this.planOfSent());
  }

  /** Buffers that a statement touches as it was sent last; whatever the server does by itself meanwhile. */
  async costOf(name: string): Promise<number> {
    return buffersOf(await this.planOf(this.named.get(name)));
  }

  /** Asks for a list of notes, and holds its statement to a bound of buffers. */
  async expectCost(query: string, bound: number, of: Notes): Promise<ListPage> {
    const page = await of.list(query);
    const plan = await this.planOfSent();
    const nodes = nodesOf(plan);
    const scanned = nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name'] ?? '');
    const whole = scanned.filter((table) => table.startsWith('note'));
    if (whole.length > 0) throw new Error(`${query} reads all of ${whole.join(', ')}`);
    const sorts = nodes.filter((node) => node['Node Type'] === 'Sort');
    const sorted = Math.max(0, ...sorts.flatMap((node) => (node.Plans ?? []).map((child) => child['Actual Rows'])));
    const buffers = buffersOf(plan);
    if (buffers > bound) throw new Error(`${query} touches ${buffers} buffers, more than ${bound}`);
    if (sorted > bound) throw new Error(`${query} sorts ${sorted} notes, more than ${bound}`);
    return page;
  }

  /** The cursor of a place in the middle of the list, as if all pages before had been read. */
  async deepCursor(of: Notes, sort: string, cursor: string): Promise<string> {
    const [kind] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string];
    const { rows } = await this.database.query<{ id: string; createdAt: Date; updatedAt: Date; title: string }>(
      `select id, created_at as "createdAt", updated_at as "updatedAt", title_key as title from notes where user_id = $1 and seq = ${OWN / 2}`,
      [of.user.userId],
    );
    const key = rows[0]?.[sort.replace('-', '') as 'createdAt' | 'updatedAt' | 'title'];
    const values = [kind, key instanceof Date ? key.toISOString() : key, rows[0]?.id];
    return Buffer.from(JSON.stringify(values)).toString('base64url');
  }

  private planOfSent(): Promise<PlanNode> {
    return this.planOf(this.sent);
  }

  private async planOf(sent: Sent | undefined): Promise<PlanNode> {
    if (sent === undefined) throw new Error('No such statement was sent');
    const { rows } = await this.database.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (analyze, buffers, format json) ${sent.statement.text}`,
      [...sent.values],
    );
    const plan = rows[0]?.['QUERY PLAN'][0].Plan;
    if (plan === undefined) throw new Error('There is no plan');
    return plan;
  }
}

const buffersOf = (plan: PlanNode): number => plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}
