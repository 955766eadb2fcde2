import { Injectable, type LoggerService } from '@nestjs/common';
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

/** What Nest says of its own start: of no interest when it goes well. */
const FRAME = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory', 'NestApplication']);

/** Nest's own messages, and those of `new Logger(context)`, through pino. */
@Injectable()
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest passes the context last; before it there may be an error, a stack or further values. */
  private write(
    level: 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal',
    message: unknown,
    rest: unknown[],
  ): void {
    const last = rest.at(-1);
    const context = typeof last === 'string' && !last.includes('\n') ? last : undefined;
    const quiet = level === 'info' && context !== undefined && FRAME.has(context);
    const err = [message, ...rest].find((value) => value instanceof Error);
    const stack = rest.find((value) => typeof value === 'string' && value.includes('\n    at '));
    const fields = typeof message === 'object' && message !== null && err === undefined ? message : {};
    const text = message instanceof Error ? message.message : typeof message === 'string' ? message : undefined;
    this.logger[quiet ? 'debug' : level]({ ...fields, context, err, stack }, text);
  }
}
