import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { errorCode } from '../../config/error-code';
import { CliError } from './exit';
import { coloursFor, printable, type Io } from './io';

/** A row as the API gives it. */
export type Row = Readonly<Record<string, unknown>>;

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

/** A cell as text. Lists are joined; other structures stay JSON. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(cell).join(' ');
  return typeof value === 'string' ? value : JSON.stringify(value);
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

/** Text that a spreadsheet would take for a formula is kept text by a leading apostrophe; numbers stay numbers. */
const defuse = (text: string): string =>
  /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;

function csvCell(value: unknown): string {
  const text = defuse(cell(value));
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180, but with bare line feeds, which every reader takes and shells prefer. */
export function formatCsv(columns: readonly string[], rows: readonly Row[]): string {
  const lines = [columns.map(csvCell), ...rows.map((row) => columns.map((column) => csvCell(row[column])))];
  return lines.map((cells) => `${cells.join(',')}\n`).join('');
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
