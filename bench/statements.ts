import type { QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';
import { type Statement, Statements } from '../src/database/statements';
import { ListNotesQuery } from '../src/notes/list-notes.query';
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

/** Keeps the statement it is asked to run, and runs nothing. */
class StatementRecorder extends Statements {
  recorded: Statement | undefined;

  override run<Row extends QueryResultRow>(statement: Statement): Promise<Row[]> {
    this.recorded = statement;
    return Promise.resolve([]);
  }
}

/** Has the server's own code write its statements, so that both servers always run the same SQL. */
export async function recordStatements(): Promise<BareStatements> {
  const recorder = new StatementRecorder(new DataSource({ type: 'postgres' }));
  const search = new NoteSearch(recorder);
  const record = async (service: NoteList | NoteSearch, q?: string): Promise<Statement> => {
    await service.page('', Object.assign(new ListNotesQuery(), { q }));
    if (recorder.recorded === undefined) throw new Error('The service has run no statement');
    return recorder.recorded;
  };
  return {
    get: GET_NOTE,
    list: await record(new NoteList(recorder)),
    create: CREATE_NOTE,
    searchWord: await record(search, 'one'),
    searchWords: await record(search, 'one two'),
    searchPhrase: await record(search, '"one two"'),
  };
}
