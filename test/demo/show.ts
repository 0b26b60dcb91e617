import type pc from 'picocolors';
import { coloursFor } from '../../api/cli/io';

/** What the demonstration says. */
export interface Show {
  title(text: string): void;
  /** A line of what happens. */
  say(text: string): void;
  /** Lines as they came from elsewhere. */
  quote(text: string): void;
  /** Rows in columns, the first one as their heads. */
  table(rows: readonly (readonly (string | number)[])[]): void;
  outcome(good: boolean, text: string): void;
  readonly colours: ReturnType<typeof pc.createColors>;
}

const columnsOf = (rows: readonly (readonly (string | number)[])[]): string[] => {
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, String(cell).length)),
    [],
  );
  const cellOf = (cell: string | number, i: number): string =>
    typeof cell === 'number' ? String(cell).padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0);
  return rows.map((row) => row.map(cellOf).join('  ').trimEnd());
};

/** Says it on standard output. */
export function createShow(): Show {
  const colours = coloursFor(process.stdout, process.env);
  const write = (text: string): void => void process.stdout.write(`${text}\n`);
  return {
    colours,
    title: (text) => write(`\n${colours.bold(text)}`),
    say: (text) => write(`  ${text}`),
    quote: (text) =>
      text
        .trimEnd()
        .split('\n')
        .forEach((line) => write(colours.dim(`  | ${line}`))),
    table: (rows) => columnsOf(rows).forEach((line, i) => write(`    ${i === 0 ? colours.dim(line) : line}`)),
    outcome: (good, text) => write(`  ${good ? colours.green('✔') : colours.red('✘')} ${text}`),
  };
}
