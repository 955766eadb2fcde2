import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';

/** Whether a statement, of TypeORM or of the driver, failed since another row has the same, by the name of the constraint. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return cause instanceof DatabaseError && cause.constraint === constraint;
}
