import { stdSerializers } from 'pino';
import { messageOf, propertyOf } from '../common/errors';

/** What may be said of an error beside its message and stack; of PostgreSQL's and TypeORM's, the statement but not its values. */
const FIELDS = [
  'code',
  'errno',
  'syscall',
  'address',
  'port',
  'severity',
  'schema',
  'table',
  'column',
  'constraint',
  'query',
];

/**
 * An error as a log line shows it. Libraries attach what was sent to them to their errors (TypeORM `parameters`, PostgreSQL `detail` with the whole row, URL
 * `input`): passwords, tokens and notes would be logged, so only what is listed here is kept.
 */
export function errorFields(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const { type, message, stack } = stdSerializers.err(error as Error);
  const fields = FIELDS.map((name) => [name, propertyOf(error, name)]).filter(([, value]) => value !== undefined);
  return { type, message: message || messageOf(error), stack, ...Object.fromEntries(fields) };
}
