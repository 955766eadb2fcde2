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

export function withBatch(result: ImportResult, added: boolean[], problems: ImportProblem[]): ImportResult {
  const created = added.filter(Boolean).length;
  return {
    created: result.created + created,
    updated: result.updated,
    skipped: result.skipped + added.length - created,
    refused: result.refused + problems.length,
    problems: [...result.problems, ...problems].slice(0, LISTED_PROBLEMS),
  };
}
