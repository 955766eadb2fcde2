import autocannon from 'autocannon';

/*
 * The load generator: a process of its own, so that it shares no event loop with what is measured. Takes one `Load` at a time, answers each with a
 * `LoadResult`.
 */

export interface Load {
  url: string;
  connections: number;
  seconds: number;
  /** Dealt out over the connections, each of which goes through its own again and again. */
  requests: autocannon.Request[];
}

export interface LoadResult {
  requestsPerSecond: number;
  /** In milliseconds; autocannon's own are whole numbers, too coarse for a fast route. */
  p50: number;
  p99: number;
  /** Requests that got no answer, or another than 2xx, by what they got. */
  failures: Record<string, number>;
}

process.on('message', (load: Load) => {
  void apply(load).then((result) => process.send?.(result));
});
process.once('disconnect', () => process.exit(0));

async function apply({ url, connections, seconds, requests }: Load): Promise<LoadResult> {
  const times: number[] = [];
  let connection = 0;
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const instance = autocannon(
      {
        url,
        connections,
        duration: seconds,
        timeout: 30,
        // It stops at the end of a sample: short ones keep the duration.
        sampleInt: 100,
        setupClient: (client) => client.setRequests(dealt(requests, connections, connection++)),
      },
      (error: unknown, done) => (error ? reject(error as Error) : resolve(done)),
    );
    instance.on('response', (_client, _status, _bytes, time) => times.push(time));
  });
  times.sort((a, b) => a - b);
  const failures = Object.entries(result.statusCodeStats ?? {})
    .filter(([status]) => !status.startsWith('2'))
    .map(([status, { count = 0 }]) => [status, count]);
  if (result.errors > 0) failures.push(['no answer', result.errors]);
  return {
    requestsPerSecond: result['2xx'] / result.duration,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    failures: Object.fromEntries(failures),
  };
}

function dealt<T>(items: readonly T[], hands: number, hand: number): T[] {
  return items.filter((_, at) => at % hands === hand);
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
