import type { Command } from 'commander';
import { parseAnswer } from '../answers';
import { connect } from '../connect';
import { coloursFor, printable, type Io } from '../io';
import {
  configSection,
  connectionSection,
  serviceSection,
  shownSchema,
  type Section,
  type ShownExchange,
} from '../ixapi-shown';
import { EXCHANGES, namedId } from '../named-record';
import { formatTable, printRecord, printRows, withOutput, write, type OutputOptions } from '../output';

const SECONDS_OF = { d: 86_400, h: 3_600, min: 60 } as const;

/** A length of time in its largest unit. */
function inWords(seconds: number): string {
  const unit = (['d', 'h', 'min'] as const).find((one) => seconds >= 2 * SECONDS_OF[one]);
  return unit === undefined ? `${seconds} s` : `${Math.floor(seconds / SECONDS_OF[unit])} ${unit}`;
}

function headOf({ ix_api, version, health, age }: ShownExchange): string {
  const { name, api_url, identity } = ix_api;
  const place = `${name}, ${api_url}, account ${identity}`;
  if (age === null) return place;
  return `${place}; IX-API ${version ?? '?'}, health ${health?.status ?? 'unknown'}, read ${inWords(age)} ago`;
}

const count = ({ length }: readonly unknown[], what: string): string => `${length} ${what}${length === 1 ? '' : 's'}`;

/** What there is beside the tables, a line each. */
function notesOf({ reason, others, foreign, problems }: ShownExchange): string[] {
  const notes = [
    [foreign.network_service_configs, 'config', 'of other accounts here: not ours to import'],
    [others.network_service_configs, 'config', 'of ours for something else than this LAN'],
    [problems, 'row', 'not read as sent: JSON says why'],
  ] as const;
  return [
    ...(reason === null ? [] : [reason]),
    ...notes.filter(([all]) => all.length > 0).map(([all, what, which]) => `${count(all, what)} ${which}`),
  ];
}

function printTables(io: Io, { output }: OutputOptions, shown: ShownExchange): void {
  const bold = output === '-' ? coloursFor(io.stdout, io.env).bold : undefined;
  const table = ({ columns, rows }: Section): string => formatTable(columns, rows, bold);
  const tables = [serviceSection(shown), configSection(shown), connectionSection(shown)].map(table);
  const text = [`${printable(headOf(shown))}\n`, ...tables].join('\n');
  write(io, output, text);
  for (const note of notesOf(shown)) io.stderr.write(`${printable(note)}\n`);
}

async function show(io: Io, exchange: string, options: OutputOptions): Promise<void> {
  const client = connect(io.env);
  const path = `${EXCHANGES.path}${await namedId(client, EXCHANGES, exchange)}/ix-api/?importable=true`;
  const shown = parseAnswer(shownSchema, await client.get(path), 'IX-API');
  if (options.format === 'json') printRecord(io, options, shown);
  else if (options.format === 'table') printTables(io, options, shown);
  else {
    const { columns, rows } = configSection(shown);
    printRows(io, options, columns, rows);
  }
}

/** `show`. */
export function registerShowing(ixapi: Command, io: Io): void {
  withOutput(ixapi.command('show'))
    .description('what an exchange has for us, as it was last read, beside our connections')
    .argument('<exchange>', 'the internet exchange: its id, its name or its slug')
    .addHelpText(
      'after',
      `
Three tables: the services of the exchange and whether each is this LAN, with the reason; the configs that are ours, with
what an import would make of each and what differs from our connection; the connections that carry them. A VLAN of 100.7
is two tags, the outer one first. What was not good for long, or is not yet, says so behind the address. CSV has the
configs alone, JSON has every field, route servers, and what other accounts have.

Examples:
  $ crossconnect ixapi show example-ix-26
  $ crossconnect ixapi show 3 -f csv -o configs.csv`,
    )
    .action((exchange: string, options: OutputOptions) => show(io, exchange, options));
}
