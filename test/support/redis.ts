import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

const START_MS = 5_000;

/** Where `redis-server` is, if this machine has it. */
export function redisServerPath(): string | undefined {
  const directories = (process.env.PATH ?? '').split(delimiter);
  return directories.map((directory) => join(directory, 'redis-server')).find(isExecutable);
}

/** A Redis of the test's own, on a free port, that keeps nothing. */
export class TestRedis {
  private server: ChildProcess | undefined;

  private constructor(
    private readonly binary: string,
    private readonly port: number,
    private readonly directory: string,
  ) {}

  static async start(): Promise<TestRedis> {
    const binary = redisServerPath();
    if (binary === undefined) throw new Error('redis-server is not installed');
    const redis = new TestRedis(binary, await freePort(), mkdtempSync(join(tmpdir(), 'commonplace-redis-')));
    await redis.resume();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again after `stop`, empty, on the same port. */
  async resume(): Promise<void> {
    const options = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      this.directory,
    ];
    this.server = spawn(this.binary, options, { stdio: 'ignore' });
    await this.ask((client) => client.ping());
  }

  /** Kills it, as a crash would. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  }

  async flush(): Promise<void> {
    await this.ask((client) => client.flushall());
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async ask(question: (client: Redis) => Promise<unknown>): Promise<void> {
    const end = Date.now() + START_MS;
    for (;;) {
      const client = new Redis(this.url, { lazyConnect: true, retryStrategy: () => null });
      client.on('error', () => undefined);
      try {
        await client.connect();
        await question(client);
        return;
      } catch (error) {
        if (Date.now() > end) throw error;
        await sleep(20);
      } finally {
        if (client.status !== 'end') client.disconnect();
      }
    }
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port');
  return address.port;
}
