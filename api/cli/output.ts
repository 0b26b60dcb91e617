import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { cell, formatCsv, type Row } from '../csv';
import { errorCode } from '../../config/error-code';
import { CliError } from './exit';
import { coloursFor, printable, type Io } from './io';

/** How lists are printed, and where to. */
export interface OutputOptions {
  readonly format: 'table' | 'json' | 'csv';
  readonly output: string;
}

/** Gives a command the options `-f` and `-o`. */
export function withOutput(command: Command): Command {
  return command
    .addOption(new Option('-f, --format <format>', 'how to print').choices(['table', 'json', 'csv']).default('table'))
    .option('-o, --output <file>', 'where to write; - is standard output', '-');
}

/** Columns padded to their widest cell, with a head. */
export function formatTable(
  columns: readonly string[],
  rows: readonly Row[],
  bold = (text: string): string => text,
): string {
  const body = rows.map((row) => columns.map((column) => printable(cell(row[column]))));
  const widths = columns.map((column, i) => Math.max(column.length, ...body.map((cells) => cells[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, i) => text.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return [bold(line(columns.map((column) => column.toUpperCase()))), ...body.map(line)]
    .map((text) => `${text}\n`)
    .join('');
}

/** Writes text to standard output or to the file of `-o`. */
export function write(io: Io, output: string, text: string): void {
  if (output === '-') {
    io.stdout.write(text);
    return;
  }
  try {
    writeFileSync(output, text);
  } catch (error) {
    throw new CliError(`'${output}' cannot be written (${errorCode(error)}): expected a path for --output`);
  }
}

/** Prints rows as asked for: JSON has every field, the table and CSV have the columns. */
export function printRows(io: Io, options: OutputOptions, columns: readonly string[], rows: readonly Row[]): void {
  const bold = options.output === '-' ? coloursFor(io.stdout, io.env).bold : undefined;
  const text = {
    json: () => `${JSON.stringify(rows, null, 2)}\n`,
    csv: () => formatCsv(columns, rows),
    table: () => formatTable(columns, rows, bold),
  }[options.format]();
  write(io, options.output, text);
}

/** Prints one record as asked for: JSON as it is, else a row for each field. */
export function printRecord(io: Io, options: OutputOptions, record: Row): void {
  if (options.format === 'json') write(io, options.output, `${JSON.stringify(record, null, 2)}\n`);
  else
    printRows(
      io,
      options,
      ['field', 'value'],
      Object.entries(record).map(([field, value]) => ({ field, value })),
    );
}
