import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';

/** Whether a statement failed on the constraint of this name, however it was run. */
export function breaches(error: unknown, constraint: string): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return cause instanceof DatabaseError && cause.constraint === constraint;
}
