import { type ProblemDetail, ValidationFailedError } from '../../common/problem';
import { MAX_TAGS } from '../note-fields';

/** The operations of RFC 6902, and two for texts from "JSON Patch Extended": else one word of a long body could only be changed by sending all of it. */
export const PATCH_OPERATIONS = ['add', 'remove', 'replace', 'move', 'copy', 'test', 'str_ins', 'str_del'] as const;

export const MAX_OPERATIONS = 1_000;

/** Positions and lengths count UTF-16 code units, as strings of JavaScript, Java, C#, Swift's NSString and the language server protocol do. */
export type PatchOperation =
  | { op: 'add' | 'replace' | 'test'; path: string; value: unknown }
  | { op: 'remove'; path: string }
  | { op: 'move' | 'copy'; path: string; from: string }
  | { op: 'str_ins'; path: string; pos: number; str: string }
  | { op: 'str_del'; path: string; pos: number; str: string }
  | { op: 'str_del'; path: string; pos: number; len: number };

const FIELD = /^\/(title|body|url|notebookId|pinned|archived|language)$/;
const TEXT = /^\/(title|body|url)$/;
const TAG = /^\/tags\/(0|[1-9]\d{0,3})$/;
const NEW_TAG = /^\/tags\/(0|[1-9]\d{0,3}|-)$/;

const OP = `must be one of ${PATCH_OPERATIONS.join(', ')}`;
const PATH = 'must lead to a field of a note, such as /title, or to a tag, such as /tags/0';
const NUMBER = 'must be a whole number from 0';

/** @throws ValidationFailedError with a pointer to each operation that is none; members that an operation does not know are ignored (RFC 6902, 4). */
export function parseJsonPatch(body: unknown): PatchOperation[] {
  if (!Array.isArray(body)) throw invalid('#', 'must be a list of operations', 'isArray');
  if (body.length > MAX_OPERATIONS)
    throw invalid('#', `must have at most ${MAX_OPERATIONS} operations`, 'arrayMaxSize');
  const errors: ProblemDetail[] = [];
  for (const [index, operation] of body.entries()) {
    const fault = faultOf(operation);
    if (fault !== null) errors.push({ pointer: `#/${index}${fault[0]}`, detail: fault[1], code: 'isPatchOperation' });
  }
  if (errors.length > 0) throw new ValidationFailedError(errors.slice(0, 100));
  return body as PatchOperation[];
}

type Fault = [member: string, detail: string] | null;

function faultOf(operation: unknown): Fault {
  if (typeof operation !== 'object' || operation === null) return ['', 'must be an operation'];
  const { op, path, from, value } = operation as Record<string, unknown>;
  if (!PATCH_OPERATIONS.some((known) => known === op)) return ['/op', OP];
  if (op === 'str_ins' || op === 'str_del') return textFaultOf(op, operation as Record<string, unknown>);
  // A list as a whole is neither moved nor copied: into itself, it would double with every operation.
  if (op === 'move' || op === 'copy') {
    if (!leads(from, FIELD, TAG)) return ['/from', PATH];
    return leads(path, FIELD, NEW_TAG) ? null : ['/path', PATH];
  }
  if (path !== '/tags' && !leads(path, FIELD, op === 'add' ? NEW_TAG : TAG)) return ['/path', PATH];
  if (op === 'remove') return null;
  if (!('value' in operation)) return ['/value', 'must be there'];
  return op === 'test' ? null : valueFaultOf(path, value);
}

/** Whether it is a text, a flag and so on is looked at when all operations are applied, as in a merge patch. */
function valueFaultOf(path: unknown, value: unknown): Fault {
  if (path === '/tags') {
    const isList = Array.isArray(value) && value.length <= MAX_TAGS && value.every((item) => typeof item === 'string');
    return isList ? null : ['/value', `must be a list of at most ${MAX_TAGS} names`];
  }
  return typeof value === 'object' && value !== null ? ['/value', 'must be no list and no object'] : null;
}

function textFaultOf(op: 'str_ins' | 'str_del', { path, pos, len, str }: Record<string, unknown>): Fault {
  if (!leads(path, TEXT)) return ['/path', 'must lead to a text: /title, /body or /url'];
  if (!isCount(pos)) return ['/pos', NUMBER];
  if (typeof str === 'string') return null;
  if (op === 'str_ins' || str !== undefined) return ['/str', 'must be a string'];
  return isCount(len) ? null : ['/len', `${NUMBER}, where there is no str`];
}

function leads(path: unknown, ...to: RegExp[]): boolean {
  return typeof path === 'string' && to.some((pattern) => pattern.test(path));
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function invalid(pointer: string, detail: string, code: string): ValidationFailedError {
  return new ValidationFailedError([{ pointer, detail, code }]);
}
