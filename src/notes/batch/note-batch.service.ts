import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { type Author, clientIdOf } from '../../common/current-user';
import { ProblemError } from '../../common/problem';
import { namingDuplicates, NoteChanges } from '../note-changes';
import { mergeEdit, moveEdit, newNote, type NoteEdit, restoreEdit, tagEdit, trashEdit, untagEdit } from '../note-edits';
import type { NoteRow } from '../note-row';
import { type LockedUser, lockWriter, readNote } from '../note-writes';
import type { AnyOperation, BatchRequest } from './batch.requests';

/** What came of an operation: the note, without its text, or why not. */
export type Outcome = { status: 200 | 201; row: NoteRow } | { id: string | null; problem: ProblemError };

@Injectable()
export class NoteBatchService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly changes: NoteChanges,
  ) {}

  /**
   * Carries out operations in order, in one transaction. One that is refused leaves nothing behind; with `atomic`, none of the others does either.
   * An error that is nobody's fault ends all of it.
   * @throws ProblemError with `atomic`: that of the first operation that is refused, with its index as `operation`; UnauthorizedError when the account is gone
   */
  run(author: Author, { operations, atomic }: BatchRequest): Promise<Outcome[]> {
    return this.dataSource.transaction(async (manager) => {
      const user = await lockWriter(manager, author.id, clientIdOf(author));
      const outcomes: Outcome[] = [];
      // One after the other: a later one may be about a note of an earlier one.
      for (const [index, operation] of operations.entries()) {
        const outcome = await this.attempt(manager, user, operation);
        if (atomic === true && 'problem' in outcome) throw ofOperation(index, operation, outcome.problem);
        outcomes.push(outcome);
      }
      return outcomes;
    });
  }

  private async attempt(manager: EntityManager, user: LockedUser, operation: AnyOperation): Promise<Outcome> {
    try {
      const row = await namingDuplicates(
        ({ text }, values) => manager.query<{ id: string }[]>(text, values),
        () => manager.transaction((inner) => this.carryOut(inner, user, operation)),
      );
      // Texts are not answered, and a hundred of them need not be held.
      return { status: operation.op === 'create' ? 201 : 200, row: { ...row, body: null } };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      return { id: (operation.op === 'create' ? operation.note.id : operation.id) ?? null, problem: error };
    }
  }

  private async carryOut(manager: EntityManager, user: LockedUser, operation: AnyOperation): Promise<NoteRow> {
    if (operation.op === 'create')
      return this.changes.create(manager, await newNote(user.id, operation.note, new Date()));
    const row = await readNote(manager, user.id, operation.id.toLowerCase());
    return this.changes.change(manager, user, row, operation.ifMatch ?? undefined, editOf(operation));
  }
}

function editOf(operation: Exclude<AnyOperation, { op: 'create' }>): NoteEdit {
  switch (operation.op) {
    case 'update':
      return mergeEdit(operation.note);
    case 'trash':
      return trashEdit;
    case 'restore':
      return restoreEdit;
    case 'tag':
      return tagEdit(operation.tags);
    case 'untag':
      return untagEdit(operation.tags);
    case 'move':
      return moveEdit(operation.notebookId?.toLowerCase() ?? null);
  }
}

/** The problem of an operation as that of the whole request. */
function ofOperation(index: number, { op }: AnyOperation, problem: ProblemError): ProblemError {
  const within = op === 'create' || op === 'update' ? `#/operations/${index}/note` : `#/operations/${index}`;
  const { errors, extensions, ...options } = problem.options;
  return new ProblemError(problem.status, problem.code, problem.title, `Operation ${index}: ${problem.message}`, {
    ...options,
    extensions: { ...extensions, operation: index },
    errors: errors?.map((error) => Object.assign(error, { pointer: within + error.pointer.slice(1) })),
  });
}
