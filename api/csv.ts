/** A row as the API gives it. */
export type Row = Readonly<Record<string, unknown>>;

const isChoice = (value: unknown): value is { readonly value: unknown } =>
  typeof value === 'object' && value !== null && Object.keys(value).join() === 'value,label';

/** A value as text. Lists are joined, a choice is its value; other structures stay JSON. */
export function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(cell).join(' ');
  if (isChoice(value)) return cell(value.value);
  return typeof value === 'string' ? value : JSON.stringify(value);
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
