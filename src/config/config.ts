import { join, resolve } from 'node:path';
import { Transform, type TransformFnParams } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsString, Matches, MinLength, ValidateIf } from 'class-validator';
import { IsTrustProxy } from './is-trust-proxy';
import { IsWhole } from './is-whole';
import { List } from './list';
import { SignInSettings } from './sign-in-settings';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const toBoolean = ({ value }: TransformFnParams): unknown => ({ true: true, false: false })[String(value)] ?? value;
const inProduction = (config: Config): boolean => config.NODE_ENV === 'production';

/**
 * Every setting of the server, one property an environment variable, validated once by `loadConfig`.
 * The only reader of `process.env`. Units are in the names or the comments; `.env.example` lists the same variables.
 */
export class Config extends SignInSettings {
  @IsIn(['development', 'production', 'test'], { message: 'must be development, production or test' })
  readonly NODE_ENV: 'development' | 'production' | 'test' = 'development';

  /** Address to listen on: loopback unless asked, so that a first try is not open to the network. */
  @IsString()
  @MinLength(1, { message: 'must be an address to listen on, such as 127.0.0.1 or 0.0.0.0' })
  readonly HOST: string = '127.0.0.1';

  @IsWhole(0, 65_535, 'must be a port number (0 picks a free one)')
  readonly PORT: number = 3000;

  /** Port of the health routes of a separate worker process. */
  @IsWhole(0, 65_535, 'must be a port number (0 picks a free one)')
  readonly WORKER_PORT: number = 3001;

  /** Where people reach the server; links in mails begin with it. */
  @ValidateIf((config: Config) => inProduction(config) || config.PUBLIC_URL !== undefined)
  @Matches(/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/, {
    message:
      'must be the http(s) address at which people reach this server, without query, such as https://notes.example.org',
  })
  readonly PUBLIC_URL?: string;

  /** Proxies in front: false, true (any), a number of hops, or a list of addresses/CIDRs. */
  @IsTrustProxy()
  readonly TRUST_PROXY: string = 'false';

  /** Origins that browsers may call from; empty allows none but the server's own. */
  @List()
  @Matches(/^(\*|https?:\/\/[^\s/?#]+)$/, {
    each: true,
    message: 'must be a comma-separated list of origins such as https://app.example.org, or *',
  })
  readonly CORS_ORIGINS: string[] = [];

  @IsString()
  @MinLength(1, { message: 'must be a directory path' })
  readonly DATA_DIR: string = './data';

  /** PostgreSQL 15 or newer; when absent, the server runs its own under DATA_DIR. */
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\/\S+$/, { message: 'must be postgres://user:password@host:port/database' })
  readonly DATABASE_URL?: string;

  @IsWhole(2, 200, 'must be a whole number')
  readonly DATABASE_POOL_SIZE: number = 10;

  @IsWhole(100, 600_000, 'must be milliseconds')
  readonly DATABASE_STATEMENT_TIMEOUT_MS: number = 15_000;

  @IsWhole(100, 600_000, 'must be milliseconds')
  readonly DATABASE_LOCK_TIMEOUT_MS: number = 5_000;

  /** Whether the server migrates the database when it starts; a cluster may run `npm run migrate` instead. */
  @Transform(toBoolean)
  @IsBoolean({ message: 'must be true or false' })
  readonly MIGRATE_ON_START: boolean = true;

  /** Queues and rate limits; when absent, queues live in PostgreSQL and limits in memory. */
  @IsOptional()
  @Matches(/^rediss?:\/\/\S+$/, { message: 'must be redis://[user:password@]host[:port][/database] or rediss://…' })
  readonly REDIS_URL?: string;

  /** How long clients that synchronise can stay away before they must start again: what is deleted is remembered this long. */
  @IsWhole(180, 3650, 'must be days')
  readonly SYNC_TOMBSTONE_DAYS: number = 180;

  /** Streams of events (`GET /events`) that a process has open at once: for one user, and in all. */
  @IsWhole(1, 10_000, 'must be a number of streams')
  readonly EVENT_STREAMS_PER_USER: number = 10;

  @IsWhole(1, 100_000, 'must be a number of streams')
  readonly EVENT_STREAMS: number = 1_000;

  /** How long what was thrown away can be taken out of the trash. */
  @IsWhole(1, 36_500, 'must be days')
  readonly TRASH_DAYS: number = 30;

  /** How long a revision is kept, from when something else was written in its place. */
  @IsWhole(1, 36_500, 'must be days')
  readonly REVISIONS_KEEP_DAYS: number = 365;

  /** The most revisions that are kept of one note: the newest. */
  @IsWhole(1, 1_000_000, 'must be a number of revisions')
  readonly REVISIONS_KEEP_COUNT: number = 500;

  @IsIn(['inline', 'off'], { message: 'must be inline (jobs run in the server) or off (jobs run in npm run worker)' })
  readonly WORKER: 'inline' | 'off' = 'inline';

  /** Mail server; when absent, mails are kept under DATA_DIR and never sent. */
  @IsOptional()
  @Matches(/^smtps?:\/\/\S+$/, { message: 'must be smtp://[user:password@]host[:port] or smtps://…' })
  readonly SMTP_URL?: string;

  @Matches(/^[^\s@<>]+@[^\s@<>]+$|^[^<>]*<[^\s@<>]+@[^\s@<>]+>$/, {
    message: 'must be a sender such as Commonplace <notes@example.org>',
  })
  readonly MAIL_FROM: string = 'Commonplace <commonplace@localhost>';

  @IsIn(LOG_LEVELS, { message: `must be one of ${LOG_LEVELS.join(', ')}` })
  readonly LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';

  /** JSON lines, or pretty; auto is pretty on a terminal. */
  @IsIn(['auto', 'json', 'pretty'], { message: 'must be auto, json or pretty' })
  readonly LOG_FORMAT: 'auto' | 'json' | 'pretty' = 'auto';

  /** Largest JSON request, in bytes: a note of 1 MiB whose every character is escaped must fit. */
  @IsWhole(65_536, 104_857_600, 'must be bytes')
  readonly BODY_LIMIT_BYTES: number = 8 * 1024 * 1024;

  /** Largest uploaded import file, in bytes. */
  @IsWhole(1024, 10_737_418_240, 'must be bytes')
  readonly IMPORT_LIMIT_BYTES: number = 512 * 1024 * 1024;

  /** The most notes that a user may keep, for whom an administrator said nothing else; 0: any number. */
  @IsWhole(0, 2_147_483_647, 'must be a number of notes (0: no limit)')
  readonly USER_NOTE_LIMIT: number = 0;

  /** The most that titles, texts and addresses of a user's notes may take together, in bytes of UTF-8; 0: any size. */
  @IsWhole(0, Number.MAX_SAFE_INTEGER, 'must be bytes (0: no limit)')
  readonly USER_BYTE_LIMIT: number = 0;

  @IsWhole(1000, 600_000, 'must be milliseconds')
  readonly REQUEST_TIMEOUT_MS: number = 30_000;

  /** How long the server goes on serving while it already answers "not ready": for load balancers that look every few seconds. */
  @IsWhole(0, 60_000, 'must be milliseconds')
  readonly SHUTDOWN_DRAIN_MS: number = 0;

  /** How long a shutdown may take after the drain before it is forced; the two together below the 30 s that Kubernetes allows. */
  @IsWhole(1000, 600_000, 'must be milliseconds')
  readonly SHUTDOWN_TIMEOUT_MS: number = 20_000;

  get isProduction(): boolean {
    return inProduction(this);
  }

  get publicUrl(): string {
    return (this.PUBLIC_URL ?? `http://localhost:${this.PORT}`).replace(/\/+$/, '');
  }

  get dataDir(): string {
    return resolve(this.DATA_DIR);
  }

  get mailDir(): string {
    return join(this.dataDir, 'mail');
  }
}
