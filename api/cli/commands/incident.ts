import { Option, type Command } from 'commander';
import { z } from 'zod';
import type { Row } from '../../csv';
import { parseAnswer, recordSchema } from '../answers';
import { connect } from '../connect';
import { CliError, EXIT } from '../exit';
import { printNested } from '../flat';
import type { Io } from '../io';
import { printRows, withOutput, type OutputOptions } from '../output';
import { fetchAll } from '../pages';
import { recordId } from '../record-id';
import { fetchServices, INCIDENTS, registerChanging, SEVERITIES, type Filter } from './incident-change';

const COLUMNS = ['id', 'title', 'status', 'severity', 'alert', 'affected_services', 'detected_at', 'updated_at'];
const TIMELINE = ['time', 'kind', 'action', 'actor', 'detail'];
const STATUSES = ['new', 'acknowledged', 'investigating', 'identified', 'monitoring', 'resolved', 'closed'] as const;

const alertSchema = z.looseObject({ told: z.string(), pending: z.number(), dead: z.boolean(), held: z.boolean() });

interface ListOptions extends OutputOptions {
  readonly status?: readonly string[];
  readonly severity?: readonly string[];
  readonly open?: boolean;
  readonly q?: string;
}

/** An alert for people: what PagerDuty was told last, and what keeps it from being told more. */
function alertInWords(alert: unknown): string {
  if (alert === null) return '';
  const { told, pending, dead, held } = parseAnswer(alertSchema, alert, 'alert');
  const ails = dead ? 'dead letter' : held ? 'held' : pending > 0 ? `${pending} pending` : '';
  return ails === '' ? told : `${told} (${ails})`;
}

async function list(io: Io, options: ListOptions): Promise<void> {
  const { status = [], severity = [], open = false, q } = options;
  if (open && status.length > 0) throw new CliError('--open and --status: expected one of them', EXIT.usage);
  const client = connect(io.env);
  const incidents = await fetchAll(client, INCIDENTS, 'incidents', [
    ...status.map((value): Filter => ['status', value]),
    ...(open ? ['resolved', 'closed'].map((value): Filter => ['status__n', value]) : []),
    ...severity.map((value): Filter => ['severity', value]),
    ...(q === undefined ? [] : [['q', q] satisfies Filter]),
    ['ordering', '-id'],
  ]);
  if (options.format === 'json') {
    printRows(io, options, COLUMNS, incidents);
    return;
  }
  const names = new Map<unknown, string>((await fetchServices(client, [])).map(({ id, name }) => [id, name]));
  const shown = incidents.map((row): Row => {
    const services = Array.isArray(row['affected_services']) ? (row['affected_services'] as unknown[]) : [];
    const affected_services = services.map((id) => names.get(id) ?? id);
    return { ...row, affected_services, alert: alertInWords(row['alert']) };
  });
  printRows(io, options, COLUMNS, shown);
}

async function show(io: Io, id: string, options: OutputOptions): Promise<void> {
  const answer = await connect(io.env).get(`${INCIDENTS}${recordId(id, 'an incident')}/`);
  printNested(io, options, parseAnswer(recordSchema, answer, `incident ${id}`));
}

async function timeline(io: Io, id: string, options: OutputOptions): Promise<void> {
  const path = `${INCIDENTS}${recordId(id, 'an incident')}/timeline/`;
  printRows(io, options, TIMELINE, await fetchAll(connect(io.env), path, 'timeline'));
}

function registerReading(incident: Command, io: Io): void {
  withOutput(incident.command('list'))
    .description('incidents, the newest first, and what PagerDuty was told of each')
    .addOption(new Option('--status <status...>', 'only those of these statuses').choices(STATUSES))
    .option('--open', 'only those that are neither resolved nor closed')
    .addOption(new Option('--severity <severity...>', 'only those of these severities').choices(SEVERITIES))
    .option('--q <text>', 'only those with this text in title, description, reporter or commander')
    .addHelpText(
      'after',
      `
JSON has every field of the API.

Examples:
  $ crossconnect incident list --open
  $ crossconnect incident list --status resolved --severity critical -f csv -o incidents.csv`,
    )
    .action((options: ListOptions) => list(io, options));
  withOutput(incident.command('show'))
    .description('one incident')
    .argument('<id>', "the incident's id")
    .action((id: string, options: OutputOptions) => show(io, id, options));
  withOutput(incident.command('timeline'))
    .description('what happened to an incident, and every attempt to tell PagerDuty; the oldest first')
    .argument('<id>', "the incident's id")
    .addHelpText('after', '\nExample:\n  $ crossconnect incident timeline 1000000004')
    .action((id: string, options: OutputOptions) => timeline(io, id, options));
}

/** `crossconnect incident …`. */
export function register(incident: Command, io: Io): void {
  registerReading(incident, io);
  registerChanging(incident, io);
}
