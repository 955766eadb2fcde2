import { cpus, totalmem } from 'node:os';
import type { CaseResult, Measured } from './measure';

const HEADER = [
  'route',
  'connections',
  'bare req/s',
  'ours req/s',
  'ratio',
  'bare p50 / p99 ms',
  'ours p50 / p99 ms',
  'bare / ours MiB',
  'aim',
];

/** The results as a table in Markdown. */
export function reportOf(results: CaseResult[]): string {
  const rows = results.map(rowOf);
  const widths = HEADER.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(HEADER), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** What it was measured on. */
export function machine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown CPU'}, ${memory} GiB, ${process.platform}, Node ${process.versions.node}`;
}

function rowOf({ measured, bare, ours }: CaseResult): string[] {
  const ratio = ours.requestsPerSecond / bare.requestsPerSecond;
  return [
    measured.name,
    String(measured.connections),
    bare.requestsPerSecond.toFixed(0),
    ours.requestsPerSecond.toFixed(0),
    ratio.toFixed(2),
    times(bare),
    times(ours),
    `${bare.memory.toFixed(0)} / ${ours.memory.toFixed(0)}`,
    aimOf(measured, ratio, ours.p99),
  ];
}

function aimOf({ ratio: leastRatio, p99: mostP99 }: CaseResult['measured'], ratio: number, p99: number): string {
  if (leastRatio !== undefined) return `ratio >= ${leastRatio.toFixed(2)}: ${met(ratio >= leastRatio)}`;
  return mostP99 === undefined ? '' : `p99 < ${mostP99} ms: ${met(p99 < mostP99)}`;
}

function times({ p50, p99 }: Measured): string {
  return `${p50.toFixed(1)} / ${p99.toFixed(1)}`;
}

function met(isMet: boolean): string {
  return isMet ? 'met' : 'missed';
}
