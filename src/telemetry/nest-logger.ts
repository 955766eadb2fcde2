import { Injectable, type LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

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
