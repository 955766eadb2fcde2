import { ConflictError, ValidationFailedError } from '../../common/problem';
import { MAX_DEPTH, MAX_NOTEBOOKS } from './notebook-name';

/** 409 that names the sibling of the same name. */
export function notebookExists({ id, name }: { id: string; name: string }): ConflictError {
  return new ConflictError('notebook-exists', `There is a notebook called "${name}" there: see existingId`, {
    existingId: id,
  });
}

export function notebookCycle(): ConflictError {
  return new ConflictError('notebook-cycle', 'A notebook cannot be moved into itself, or into one below it');
}

export function notebookTooDeep(): ConflictError {
  return new ConflictError('notebook-too-deep', `Notebooks may be ${MAX_DEPTH} deep at most`);
}

export function tooManyNotebooks(): ConflictError {
  return new ConflictError(
    'too-many-notebooks',
    `An account has at most ${MAX_NOTEBOOKS} notebooks: delete some first`,
  );
}

/** 400 for a field of a request that names no notebook of the user. */
export function unknownNotebook(field: 'notebookId' | 'parentId' | 'change/notebookId'): ValidationFailedError {
  return new ValidationFailedError([
    { pointer: `#/${field}`, detail: 'must be the id of one of your notebooks', code: 'isNotebook' },
  ]);
}
