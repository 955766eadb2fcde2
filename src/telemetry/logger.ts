import { destination, type DestinationStream, type Logger, pino, type TransportSingleOptions } from 'pino';
import type { Config } from '../config/config';
import { errorFields } from './error-fields';

/** What must never be in a log line, wherever it is nested. */
const REDACTED = [
  'password',
  'accessToken',
  'refreshToken',
  'authorization',
  'cookie',
  '*.password',
  '*.accessToken',
  '*.refreshToken',
  '*.authorization',
  '*.cookie',
  'req.headers.authorization',
  'req.headers.cookie',
];

/** Lines are written together, at the latest after this time and at the end of the process: a write to the system for each would cost a busy server much. */
const BUFFERED = { sync: false, minLength: 4_096, periodicFlush: 200 };

/** The process's logger: JSON lines on standard output (or to `stream`), or pretty ones on a terminal. */
export function createLogger(config: Config, stream?: DestinationStream): Logger {
  const options = {
    level: config.LOG_LEVEL,
    redact: REDACTED,
    base: { pid: process.pid },
    serializers: { err: errorFields },
  };
  const pretty = config.LOG_FORMAT === 'pretty' || (config.LOG_FORMAT === 'auto' && process.stdout.isTTY);
  if (stream !== undefined || !pretty) return pino(options, stream ?? destination(BUFFERED));
  const transport: TransportSingleOptions = {
    target: 'pino-pretty',
    options: { ignore: 'pid,reqId', translateTime: 'SYS:HH:MM:ss.l' },
  };
  return pino({ ...options, transport });
}
