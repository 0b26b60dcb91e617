import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { VERSION } from '../config/version';
import type { Measurement } from './cases';
import type { Comparison } from './statistics';

/** Everything that one run measured, and on what. */
export interface Report {
  readonly machine: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly scale: number;
  readonly comparisons: readonly Comparison[];
  readonly measurements: readonly Measurement[];
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

/** A report as Markdown tables. */
export function toMarkdown({ machine, seed, scale, comparisons, measurements, worker_peak_mib }: Report): string {
  const facts = Object.entries(machine).map(([name, value]) => `${name} ${value}`);
  const compared = comparisons.map((c) =>
    rowOf([
      c.name,
      c.floor_ms,
      c.product_ms,
      `**${c.ratio.toFixed(2)}**`,
      `${c.ratio_min.toFixed(2)}–${c.ratio_max.toFixed(2)}`,
      c.bound,
      c.rounds,
    ]),
  );
  const measured = measurements.map((m) => rowOf([m.name, m.ms, m.detail]));
  return [
    `${facts.join(' · ')} · seed ${seed} · scale ${scale}`,
    '',
    rowOf(['against the floor', 'floor ms', 'product ms', 'ratio', 'spread', 'bound', 'rounds']),
    rowOf(['---', '---:', '---:', '---:', '---', '---:', '---:']),
    ...compared,
    '',
    rowOf(['without a floor', 'ms', 'what was done']),
    rowOf(['---', '---:', '---']),
    ...measured,
    rowOf(['peak memory of the worker', `${worker_peak_mib} MiB`, 'resident, over all of the above']),
    '',
  ].join('\n');
}
