import { isDeepStrictEqual } from 'node:util';
import { applyPatch, type Operation, Pointer } from 'rfc6902';
import { ConflictError } from '../../common/problem';
import { MAX_TAGS } from '../note-fields';
import type { PatchOperation } from './json-patch';

/** What a JSON patch is applied to: a note as a merge patch would write it. */
export interface PatchDocument {
  title?: unknown;
  body?: unknown;
  url?: unknown;
  tags?: unknown;
  notebookId?: unknown;
  pinned?: unknown;
  archived?: unknown;
}

/**
 * Applies operations in order, in place; what comes of it is still to be validated.
 * @throws ConflictError `patch-test-failed` or `patch-not-applicable`, with the index of the `operation`
 */
export function applyJsonPatch(document: PatchDocument, operations: readonly PatchOperation[]): void {
  for (const [index, operation] of operations.entries()) {
    const outcome = apply(document, operation);
    if (outcome === 'ok') continue;
    const isTest = outcome === 'differs';
    throw new ConflictError(
      isTest ? 'patch-test-failed' : 'patch-not-applicable',
      `Operation ${index} ${isTest ? 'finds something else' : 'leads to nothing'} in the note as it is: read it again`,
      { operation: index },
    );
  }
}

type Outcome = 'ok' | 'differs' | 'missing';

function apply(document: PatchDocument, operation: PatchOperation): Outcome {
  switch (operation.op) {
    case 'test':
      return isDeepStrictEqual(valueAt(document, operation.path), operation.value) ? 'ok' : 'differs';
    // RFC 6902, 4.4 and 4.5: both are other operations one after the other.
    case 'move':
    case 'copy': {
      const value = valueAt(document, operation.from);
      if (value === undefined) return 'missing';
      if (operation.op === 'move') run(document, { op: 'remove', path: operation.from });
      return run(document, { op: 'add', path: operation.path, value });
    }
    case 'str_ins':
    case 'str_del':
      return splice(document, operation);
    default:
      return run(document, operation);
  }
}

function run(document: PatchDocument, operation: Operation): Outcome {
  const [error] = applyPatch(document, [operation]);
  const { tags } = document;
  return error === null && !(Array.isArray(tags) && tags.length > MAX_TAGS) ? 'ok' : 'missing';
}

function splice(document: PatchDocument, operation: Extract<PatchOperation, { op: 'str_ins' | 'str_del' }>): Outcome {
  const { op, path, pos } = operation;
  const text = valueAt(document, path);
  if (typeof text !== 'string' || pos > text.length) return 'missing';
  if (op === 'str_ins') return run(document, replacing(path, text, pos, 0, operation.str));
  if ('str' in operation && !text.startsWith(operation.str, pos)) return 'differs';
  const length = 'str' in operation ? operation.str.length : operation.len;
  return pos + length > text.length ? 'missing' : run(document, replacing(path, text, pos, length, ''));
}

function replacing(path: string, text: string, pos: number, length: number, inserted: string): Operation {
  return { op: 'replace', path, value: text.slice(0, pos) + inserted + text.slice(pos + length) };
}

function valueAt(document: PatchDocument, path: string): unknown {
  return Pointer.fromJSON(path).get(document);
}
