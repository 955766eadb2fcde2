import { isDeepStrictEqual } from 'node:util';
import type { QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';
import { type Statement, Statements } from '../src/database/statements';
import { ListNotesQuery } from '../src/notes/list-notes.query';
import { Stems } from '../src/notes/languages/stems';
import { UserLanguages } from '../src/notes/languages/user-languages';
import { ConditionReader } from '../src/notes/note-conditions';
import { NoteHits } from '../src/notes/note-headlines';
import { NoteList } from '../src/notes/note-list';
import { NoteSearch } from '../src/notes/note-search';
import { CREATE_NOTE } from '../src/notes/note-writes';
import { GET_NOTE } from '../src/notes/notes.queries';

/** The statements that the server runs, for the bare server to run too. */
export interface BareStatements {
  get: Statement;
  /** $1 the user, $2 how many. */
  list: Statement;
  create: Statement;
  /** $1 the user, $2 … the terms, and last how many. */
  searchWord: Statement;
  searchWords: Statement;
  searchPhrase: Statement;
}

/** Keeps what it is asked to run, and runs nothing. */
class StatementRecorder extends Statements {
  statement: Statement | undefined;
  values: readonly unknown[] = [];

  override run<Row extends QueryResultRow>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    this.statement = statement;
    this.values = values;
    return Promise.resolve([]);
  }
}

/**
 * Has the server's own code write its statements, so that both servers always run the same SQL.
 * @throws Error when a statement takes other values than the bare server gives it.
 */
export async function recordStatements(): Promise<BareStatements> {
  const recorder = new StatementRecorder(new DataSource({ type: 'postgres' }));
  const conditions = new ConditionReader(recorder, new UserLanguages(recorder));
  const hits = new NoteHits(recorder, new Stems(recorder));
  const search = new NoteSearch(recorder, conditions, hits);
  const record = async (service: NoteList | NoteSearch, q?: string, terms: string[] = []): Promise<Statement> => {
    const query = Object.assign(new ListNotesQuery(), { q });
    await service.page('user', query);
    const { statement, values } = recorder;
    if (statement === undefined || !isDeepStrictEqual(values, ['user', ...terms, query.limit + 1])) {
      throw new Error(`The bare server cannot run what the server runs for ${q ?? 'a list'}: the values are ${values}`);
    }
    return statement;
  };
  return {
    get: GET_NOTE,
    list: await record(new NoteList(recorder, conditions, hits)),
    create: CREATE_NOTE,
    searchWord: await record(search, 'one', ['one']),
    searchWords: await record(search, 'one two', ['one', 'two']),
    searchPhrase: await record(search, '"one two"', ['one two']),
  };
}
