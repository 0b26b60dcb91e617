import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { VERSION } from '../config/version';
import type { Measurement } from './cases';
import type { Concerned } from './peering-sizes';
import type { Comparison } from './statistics';

/** Everything that one run measured, and on what. */
export interface Report {
  readonly machine: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly scale: number;
  readonly comparisons: readonly Comparison[];
  readonly measurements: readonly Measurement[];
  readonly concerned: readonly Concerned[];
  /** Peak resident memory of the worker, MiB. */
  readonly worker_peak_mib: number;
}

/** The machine and the versions that figures belong to. */
export function describeMachine(postgres: string, temporal: string): Record<string, string> {
  const [cpu] = cpus();
  return {
    crossconnect: VERSION,
    node: process.version,
    postgresql: postgres,
    temporal,
    processor: `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel: readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim(),
    load: readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' '),
  };
}

const rowOf = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

/** A table whose columns are flush right but for those that are named in `left`; nothing without rows. */
function tableOf(head: readonly string[], left: readonly string[], rows: readonly (string | number)[][]): string[] {
  if (rows.length === 0) return [];
  const rule = head.map((name) => (left.includes(name) ? '---' : '---:'));
  return [rowOf(head), rowOf(rule), ...rows.map(rowOf), ''];
}

const comparisonCells = (c: Comparison): (string | number)[] => [
  ...[c.name, c.floor_ms, c.product_ms, `**${c.ratio.toFixed(2)}**`],
  ...[`${c.ratio_min.toFixed(2)}–${c.ratio_max.toFixed(2)}`, c.bound, c.rounds],
];

const perPort = (ms: number, { ports }: Concerned): string => ((1000 * ms) / ports).toFixed(1);

const concernedCells = (c: Concerned): (string | number)[] => [
  ...[c.name, c.cached, c.ports, c.sql_ms.toFixed(1), c.product_ms.toFixed(1)],
  ...[perPort(c.sql_ms, c), perPort(c.product_ms, c)],
];

/** A report as Markdown tables, of what was measured. */
export function toMarkdown(report: Report): string {
  const { machine, seed, scale, comparisons, measurements, concerned, worker_peak_mib } = report;
  const facts = Object.entries(machine).map(([name, value]) => `${name} ${value}`);
  const compared = ['against the floor', 'floor ms', 'product ms', 'ratio', 'spread', 'bound', 'rounds'];
  const answered = ['one client, p50', 'ports cached', 'ports concerned', 'SQL ms', 'product ms'];
  const peak = ['peak memory of the worker', `${worker_peak_mib} MiB`, 'resident, over all of the above'];
  const measured = measurements.map((m) => [m.name, m.ms, m.detail]);
  return [
    `${facts.join(' · ')} · seed ${seed} · scale ${scale}`,
    '',
    ...tableOf(compared, ['against the floor', 'spread'], comparisons.map(comparisonCells)),
    ...tableOf([...answered, 'SQL µs a port', 'product µs a port'], ['one client, p50'], concerned.map(concernedCells)),
    ...tableOf(['without a floor', 'ms', 'what was done'], ['without a floor', 'what was done'], [...measured, peak]),
  ].join('\n');
}
