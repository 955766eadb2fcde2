import { cpus, totalmem } from 'node:os';
import type { GrowthCase } from './growth-cases';
import type { CaseResult, Measured } from './measure';

/** What one route took with more and more notes. */
export interface Growth {
  measured: GrowthCase;
  /** By size, the smallest first. */
  bySize: Measured[];
}

const HEADER = [
  'route',
  'connections',
  'bare req/s',
  'ours req/s',
  'ratio',
  'bare p50 / p99 ms',
  'ours p50 / p99 ms',
  'bare / ours MiB',
  'loop p99 ms',
  'aim',
];

/** The results as a table in Markdown. */
export function reportOf(results: CaseResult[]): string {
  return tableOf(
    HEADER,
    results.map((result) => rowOf(result, results)),
  );
}

/** How times grow with the notes there are, up to `most`; growth is that of p50 from the fewest to the most. */
export function growthReportOf(growths: Growth[], most: number): string {
  const sizes = [100, 10, 1].map((part) => `p50 / p99 ms, ${(most / part).toLocaleString('en')}`);
  const rows = growths.map(({ measured, bySize }) => {
    const [least = NaN, last = NaN] = [bySize.at(0)?.p50, bySize.at(-1)?.p50];
    const { p99 = NaN } = bySize.at(-1) ?? {};
    const aim = measured.p99 === undefined ? '' : `p99 < ${measured.p99} ms: ${met(p99 < measured.p99)}`;
    return [measured.name, ...bySize.map(times), (last / least).toFixed(1), aim];
  });
  return tableOf(['route', ...sizes, 'growth', 'aim'], rows);
}

function tableOf(header: string[], rows: string[][]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** What it was measured on. */
export function machine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown CPU'}, ${memory} GiB, ${process.platform}, Node ${process.versions.node}`;
}

function rowOf(result: CaseResult, all: CaseResult[]): string[] {
  const { measured, bare, ours, besidePerSecond } = result;
  return [
    measured.beside === undefined ? measured.name : `${measured.name} (${besidePerSecond.toFixed(0)}/s)`,
    String(measured.connections),
    bare.requestsPerSecond.toFixed(0),
    ours.requestsPerSecond.toFixed(0),
    ratioOf(result).toFixed(2),
    times(bare),
    times(ours),
    `${bare.memory.toFixed(0)} / ${ours.memory.toFixed(0)}`,
    ours.loopDelay.toFixed(1),
    aimOf(result, all),
  ];
}

function ratioOf({ ours, bare }: CaseResult): number {
  return ours.requestsPerSecond / bare.requestsPerSecond;
}

function aimOf(result: CaseResult, all: CaseResult[]): string {
  const { ratio: leastRatio, p99: mostP99, beside } = result.measured;
  const ratio = ratioOf(result);
  if (leastRatio !== undefined) return `ratio >= ${leastRatio.toFixed(2)}: ${met(ratio >= leastRatio)}`;
  if (mostP99 !== undefined) return `p99 < ${mostP99} ms: ${met(result.ours.p99 < mostP99)}`;
  const alone = all.find(({ measured }) => measured.name === beside?.of);
  if (alone === undefined) return '';
  const least = 0.9 * ratioOf(alone);
  return `ratio >= ${least.toFixed(2)}: ${met(ratio >= least)}; loop p99 < 50 ms: ${met(result.ours.loopDelay < 50)}`;
}

function times({ p50, p99 }: Measured): string {
  return `${p50.toFixed(1)} / ${p99.toFixed(1)}`;
}

function met(isMet: boolean): string {
  return isMet ? 'met' : 'missed';
}
