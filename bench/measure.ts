import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Case } from './cases';
import type { Load, LoadResult } from './load';
import type { BenchServer } from './servers';

export interface Pace {
  rounds: number;
  /** Of one round. */
  seconds: number;
  warmUpSeconds: number;
}

/** Medians over the rounds: times in milliseconds, memory in MiB. */
export interface Measured {
  requestsPerSecond: number;
  p50: number;
  p99: number;
  memory: number;
  /** How late the event loop was, p99; of our server only. */
  loopDelay: number;
}

type MeasuredRequests = Pick<Case, 'name' | 'connections' | 'requests'>;

export interface CaseResult {
  measured: Case;
  bare: Measured;
  ours: Measured;
  /** Answered beside it, a second. */
  besidePerSecond: number;
}

const BESIDE_CONNECTIONS = 100;

/** Applies loads from a process of its own. */
export class LoadGenerator {
  private readonly child: ChildProcess = fork(join(__dirname, 'load.js'), { detached: true });

  async apply(load: Load): Promise<LoadResult> {
    this.child.send(load);
    const deadline = AbortSignal.timeout((load.seconds + 60) * 1000);
    const [result] = (await once(this.child, 'message', { signal: deadline })) as [LoadResult];
    return result;
  }

  stop(): void {
    this.child.kill();
  }
}

/**
 * Measures one case on both servers: each is warmed up, then they take turns, so that what disturbs the machine disturbs both alike.
 * @throws Error when a request was not answered with 2xx: what is fast because it fails must not look fast.
 */
export async function measure(
  measured: Case,
  bare: BenchServer,
  ours: BenchServer,
  pace: Pace,
  generator: LoadGenerator,
): Promise<CaseResult> {
  const run = (server: BenchServer, seconds: number): Promise<Measured> => runOn(server, measured, seconds, generator);
  const beside = besides(measured, ours, pace);
  for (const server of [bare, ours]) await run(server, pace.warmUpSeconds);
  const rounds: { bare: Measured; ours: Measured }[] = [];
  for (let round = 0; round < pace.rounds; round += 1) {
    rounds.push({ bare: await run(bare, pace.seconds), ours: await run(ours, pace.seconds) });
  }
  return {
    measured,
    bare: medians(rounds.map((round) => round.bare)),
    ours: medians(rounds.map((round) => round.ours)),
    besidePerSecond: await beside,
  };
}

/** Measures our server alone. @throws Error as `measure` does */
export async function measureAlone(
  measured: MeasuredRequests,
  ours: BenchServer,
  pace: Pace,
  generator: LoadGenerator,
): Promise<Measured> {
  await runOn(ours, measured, pace.warmUpSeconds, generator);
  const rounds: Measured[] = [];
  for (let round = 0; round < pace.rounds; round += 1) {
    rounds.push(await runOn(ours, measured, pace.seconds, generator));
  }
  return medians(rounds);
}

async function runOn(
  server: BenchServer,
  { name, connections, requests }: MeasuredRequests,
  seconds: number,
  generator: LoadGenerator,
): Promise<Measured> {
  if (server.watchesEventLoop) server.watchEventLoop();
  const result = await generator.apply({ url: server.url, connections, seconds, requests });
  if (Object.keys(result.failures).length > 0) {
    const failures = JSON.stringify(result.failures);
    throw new Error(`${name}: ${server.name} did not answer with 2xx: ${failures}\n${server.logTail()}`);
  }
  const loopDelay = server.watchesEventLoop ? await server.eventLoopDelay() : NaN;
  return { ...result, memory: await server.memory(), loopDelay };
}

/** Loads our server with what goes on beside the case, for as long as that takes. @returns what was answered a second; 0 when nothing goes on */
async function besides({ name, beside }: Case, ours: BenchServer, pace: Pace): Promise<number> {
  if (beside === undefined) return 0;
  const generator = new LoadGenerator();
  try {
    const seconds = 2 * (pace.warmUpSeconds + pace.rounds * pace.seconds);
    const load = { url: ours.url, connections: BESIDE_CONNECTIONS, seconds, requests: beside.requests };
    const { requestsPerSecond, failures } = await generator.apply(load);
    if (Object.keys(failures).length > 0) throw new Error(`beside ${name}: ${JSON.stringify(failures)}`);
    return requestsPerSecond;
  } finally {
    generator.stop();
  }
}

function medians(rounds: Measured[]): Measured {
  const median = (value: (round: Measured) => number): number => {
    const sorted = rounds.map(value).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? NaN;
  };
  return {
    requestsPerSecond: median((round) => round.requestsPerSecond),
    p50: median((round) => round.p50),
    p99: median((round) => round.p99),
    memory: median((round) => round.memory),
    loopDelay: median((round) => round.loopDelay),
  };
}
