import type { ImportOutcome } from '../notes/note-import';
import type { ImportProblem } from './readers/import-entry';

/** What an import did, in the job's `result`. `problems` lists the first 1,000 of those refused. */
export interface ImportResult {
  created: number;
  updated: number;
  skipped: number;
  refused: number;
  problems: ImportProblem[];
}

const LISTED_PROBLEMS = 1_000;

export function emptyResult(): ImportResult {
  return { created: 0, updated: 0, skipped: 0, refused: 0, problems: [] };
}

/** @param problems of all that was refused, for whatever reason. */
export function withBatch(result: ImportResult, outcomes: ImportOutcome[], problems: ImportProblem[]): ImportResult {
  const count = (outcome: ImportOutcome): number => outcomes.filter((other) => other === outcome).length;
  return {
    created: result.created + count('added'),
    updated: result.updated,
    skipped: result.skipped + count('duplicate'),
    refused: result.refused + problems.length,
    problems: [...result.problems, ...problems].slice(0, LISTED_PROBLEMS),
  };
}
