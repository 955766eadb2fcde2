import { diffArrays } from 'diff';
import { ProblemError } from '../../common/problem';
import type { NoteText } from './revisions.queries';

export const DIFF_FIELDS = ['title', 'body', 'url'] as const;
export const DIFF_OPS = ['equal', 'delete', 'insert'] as const;

type DiffField = (typeof DIFF_FIELDS)[number];
type DiffOp = (typeof DIFF_OPS)[number];

const SIGNS: Record<DiffOp, string> = { equal: ' ', delete: '-', insert: '+' };

/** Lines that are shown around what differs, as by `diff -u`. */
const CONTEXT = 3;

/**
 * What is compared line by line: the work is up to lines times edits (Myers, "An O(ND) Difference Algorithm", 1986), and nobody else is served meanwhile. Lines
 * that both texts begin and end with do not count.
 */
const MAX_LINES = 5_000;
const MAX_EDITS = 1_000;

/** Longer texts are not compared at all: to write the answer would take a second. */
const MAX_LINES_AT_ALL = 100_000;

/** Lines in a row to which the same happened; `text` has their ends. */
export interface DiffPart {
  op: DiffOp;
  text: string;
}

/** A place where texts differ, with the lines around it; lines are counted from 1. */
export interface DiffHunk {
  oldStart: number;
  oldLines: number;
  newStart: number;
  newLines: number;
  parts: DiffPart[];
}

export interface FieldDiff {
  field: DiffField;
  isCoarse: boolean;
  hunks: DiffHunk[];
}

interface Run {
  op: DiffOp;
  lines: string[];
}

/** How a note came from one state to the other, field by field; what is absent is an empty text. @throws ProblemError 422 `diff-refused` when one has too many lines */
export function diffTexts(from: NoteText, to: NoteText): FieldDiff[] {
  return DIFF_FIELDS.flatMap((field): FieldDiff[] => {
    const [before, after] = [from[field] ?? '', to[field] ?? ''];
    if (before === after) return [];
    const { runs, isCoarse } = compare(linesOf(before), linesOf(after));
    return [{ field, isCoarse, hunks: hunksOf(runs) }];
  });
}

/** A diff as `diff -u` writes it (POSIX), with a file for each field that differs. */
export function unified(from: NoteText, to: NoteText, fields: FieldDiff[]): string {
  return fields
    .flatMap(({ field, hunks }) => [
      `--- v${from.version}/${field}\n+++ v${to.version}/${field}\n`,
      ...hunks.flatMap((hunk) => [headerOf(hunk), ...hunk.parts.map(signed)]),
    ])
    .join('');
}

/** All lines of both texts; the first and the last run are equal lines, if any. */
function compare(before: string[], after: string[]): { runs: Run[]; isCoarse: boolean } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const removed = before.slice(start, before.length - end);
  const added = after.slice(start, after.length - end);
  const fine = fineRuns(removed, added);
  const coarse: Run[] = [
    { op: 'delete', lines: removed },
    { op: 'insert', lines: added },
  ];
  const first: Run = { op: 'equal', lines: before.slice(0, start) };
  const last: Run = { op: 'equal', lines: before.slice(before.length - end) };
  return { runs: [first, ...(fine ?? coarse), last], isCoarse: fine === undefined };
}

/** Undefined when the texts are too long, or too different. */
function fineRuns(before: string[], after: string[]): Run[] | undefined {
  if (Math.max(before.length, after.length) > MAX_LINES) return undefined;
  const changes = diffArrays(before, after, { maxEditLength: MAX_EDITS });
  return changes?.map(({ value, added, removed }) => ({
    op: added ? 'insert' : removed ? 'delete' : 'equal',
    lines: value,
  }));
}

function hunksOf(runs: Run[]): DiffHunk[] {
  const hunks: DiffHunk[] = [];
  let hunk: DiffHunk | undefined;
  let [oldLine, newLine] = [1, 1];
  for (const [index, { op, lines }] of runs.entries()) {
    const isLast = index === runs.length - 1;
    const isGap = op === 'equal' && (isLast || lines.length > 2 * CONTEXT);
    if (hunk !== undefined) add(hunk, op, isGap ? lines.slice(0, CONTEXT) : lines);
    if ((hunk === undefined || isGap) && !isLast) {
      const lead = lines.slice(-CONTEXT);
      const before = lines.length - lead.length;
      hunk = { oldStart: oldLine + before, oldLines: 0, newStart: newLine + before, newLines: 0, parts: [] };
      add(hunk, 'equal', lead);
      hunks.push(hunk);
    }
    if (op !== 'insert') oldLine += lines.length;
    if (op !== 'delete') newLine += lines.length;
  }
  return hunks;
}

function add(hunk: DiffHunk, op: DiffOp, lines: string[]): void {
  if (lines.length === 0) return;
  if (op !== 'insert') hunk.oldLines += lines.length;
  if (op !== 'delete') hunk.newLines += lines.length;
  hunk.parts.push({ op, text: lines.join('') });
}

/** Lines with their ends; the last may have none. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  for (let start = 0; start < text.length;) {
    if (lines.length === MAX_LINES_AT_ALL) throw tooManyLines();
    const end = text.indexOf('\n', start) + 1 || text.length;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}

function tooManyLines(): ProblemError {
  const detail = 'A text of more than 100,000 lines is not compared: read both revisions';
  return new ProblemError(422, 'diff-refused', 'The texts cannot be compared', detail);
}

function headerOf({ oldStart, oldLines, newStart, newLines }: DiffHunk): string {
  return `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@\n`;
}

/** A range without lines is named by the line before it. */
function range(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}

function signed({ op, text }: DiffPart): string {
  const isWhole = text.endsWith('\n');
  const lines = (isWhole ? text.slice(0, -1) : text).replaceAll('\n', `\n${SIGNS[op]}`);
  return `${SIGNS[op]}${lines}\n${isWhole ? '' : '\\ No newline at end of file\n'}`;
}
