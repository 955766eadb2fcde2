import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from './client';
import { eventually } from './eventually';

const ROOT = join(__dirname, '..', '..');

/** How long a start may take here, where several tests share two cores. */
const START_MS = 60_000;

/** A process of this checkout: `main`, `worker` or `cli`, started as an operator would start it. */
export class ServerProcess {
  private output = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly exited: Promise<number | null>,
  ) {}

  /** Starts it with exactly these variables, beside `PATH`. */
  static start(
    entry: 'main' | 'worker' | 'cli',
    environment: Record<string, string>,
    ...args: string[]
  ): ServerProcess {
    const hook = join(__dirname, 'run-typescript.js');
    const child = spawn(process.execPath, ['-r', hook, join(ROOT, 'src', `${entry}.ts`), ...args], {
      cwd: environment.DATA_DIR ?? tmpdir(),
      env: { PATH: process.env.PATH, HOME: process.env.HOME, LOG_FORMAT: 'json', ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const exited = once(child, 'exit').then(([code]) => code as number | null);
    const server = new ServerProcess(child, exited);
    const keep = (chunk: Buffer): void => {
      server.output += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    return server;
  }

  /** Gives it this, and no more, on standard input. */
  type(text: string): this {
    this.child.stdin?.end(text);
    return this;
  }

  /** All that it has printed. */
  get log(): string {
    return this.output;
  }

  /** Its client, once it listens (`PORT=0` picks a port; the log says which). */
  async ready(): Promise<Client> {
    const url = await eventually(
      'The server is ready',
      () => {
        if (this.child.exitCode !== null) throw new Error(`The server has exited: ${this.output}`);
        return /is ready at (http:\/\/[^\s"]+)/.exec(this.output)?.[1];
      },
      START_MS,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${this.output}`, { cause: error });
    });
    return new Client(url);
  }

  /** Sends a signal and gives the exit code; null when the signal killed it. */
  async stop(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.exited;
  }

  /** The exit code of a process that ends by itself. */
  exit(): Promise<number | null> {
    return this.exited;
  }
}
