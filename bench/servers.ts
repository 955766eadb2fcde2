import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { BareSettings } from './bare-server';

const START_MS = 60_000;
const LOG_TAIL = 2_000;

/** What our server is told: as in production, and to do nothing by itself meanwhile. */
export function serverEnvironment(secret: string, databaseUrl: string, workDir: string): Record<string, string> {
  return {
    NODE_ENV: 'production',
    PUBLIC_URL: 'http://localhost',
    JWT_SECRET: secret,
    ENCRYPTION_KEY: secret,
    DATABASE_URL: databaseUrl,
    DATA_DIR: join(workDir, 'server'),
    // Nothing that is asked for goes meanwhile.
    TRASH_DAYS: '36500',
    // One machine signs everybody in.
    SIGN_IN_LIMIT_PER_ADDRESS: '100000',
    SIGN_IN_LIMIT_PER_ACCOUNT: '100000',
  };
}

/** A server under test, in a process of its own. */
export class BenchServer {
  private constructor(
    readonly name: string,
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly logPath: string,
    /** Ours does: see `loop-delay.ts`. */
    readonly watchesEventLoop: boolean,
  ) {}

  /** The application as `npm start` runs it, logging as by default, to a file. */
  static async ours(environment: Record<string, string>, workDir: string, nodeOptions: string[]): Promise<BenchServer> {
    const port = await freePort();
    const logPath = join(workDir, 'commonplace.log');
    const log = openSync(logPath, 'w');
    const main = join(__dirname, '..', 'src', 'main.js');
    const watch = join(__dirname, 'loop-delay.js');
    const child = spawn(process.execPath, ['--require', watch, ...nodeOptions, main], {
      cwd: workDir,
      env: { PATH: process.env.PATH, ...environment, PORT: String(port) },
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    });
    const server = new BenchServer('commonplace', `http://127.0.0.1:${port}`, child, logPath, true);
    await server.waitUntilReady();
    return server;
  }

  static async bare(settings: BareSettings, workDir: string, nodeOptions: string[]): Promise<BenchServer> {
    const logPath = join(workDir, 'bare.log');
    const log = openSync(logPath, 'w');
    const child = fork(join(__dirname, 'bare-server.js'), {
      execArgv: nodeOptions,
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    });
    child.send(settings);
    const [message] = (await once(child, 'message', { signal: AbortSignal.timeout(START_MS) })) as [{ port: number }];
    return new BenchServer('bare', `http://127.0.0.1:${message.port}`, child, logPath, false);
  }

  watchEventLoop(): void {
    this.child.send('watch');
  }

  /** How late the event loop has been since `watchEventLoop`, p99, in milliseconds. */
  async eventLoopDelay(): Promise<number> {
    this.child.send('report');
    const [delay] = (await once(this.child, 'message')) as [number];
    return delay;
  }

  /** Resident memory, in MiB. */
  async memory(): Promise<number> {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(this.child.pid)]);
    return Number(stdout) / 1024;
  }

  logTail(): string {
    return readFileSync(this.logPath, 'utf8').slice(-LOG_TAIL);
  }

  async stop(): Promise<void> {
    if (this.hasExited()) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await exited;
    clearTimeout(killer);
  }

  private hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private async waitUntilReady(): Promise<void> {
    for (const deadline = Date.now() + START_MS; Date.now() < deadline; await sleep(100)) {
      if (this.hasExited()) break;
      const ok = await fetch(`${this.url}/health/ready`).then(
        (response) => response.ok,
        () => false,
      );
      if (ok) return;
    }
    const tail = this.logTail();
    await this.stop();
    throw new Error(`${this.name} did not start:\n${tail}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
