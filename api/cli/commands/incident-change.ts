import { Option, type Command } from 'commander';
import { z } from 'zod';
import { parseAnswer, recordSchema } from '../answers';
import { connect } from '../connect';
import { CliError, EXIT } from '../exit';
import { printNested } from '../flat';
import type { ApiClient } from '../http';
import { printable, type Io } from '../io';
import { withOutput, type OutputOptions } from '../output';
import { fetchAll } from '../pages';
import { recordId } from '../record-id';

/** Commands that make or change incidents. */

const BUSINESS = '/api/plugins/business-application/';
/** Where the API has incidents. */
export const INCIDENTS = `${BUSINESS}incidents/`;
/** How bad an incident can be. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;

const servicesSchema = z.array(z.looseObject({ id: z.int(), name: z.string() }));
const changedSchema = z.looseObject({ message: z.string(), not_found: z.array(z.number()) });

/** A filter of a list. */
export type Filter = [name: string, value: string];

interface CreateOptions extends OutputOptions {
  readonly title: string;
  readonly severity: string;
  readonly description?: string;
  readonly service: readonly string[];
}

/** Technical services, of which there are few. */
export const fetchServices = async (
  client: ApiClient,
  filters: readonly Filter[],
): Promise<z.output<typeof servicesSchema>> => {
  const rows = await fetchAll(client, `${BUSINESS}technical-services/`, 'technical services', filters);
  return parseAnswer(servicesSchema, rows, 'technical services');
};

/** The id of the technical service that `--service` means. */
async function serviceId(client: ApiClient, name: string): Promise<number> {
  const [service] = await fetchServices(client, [['name', name]]);
  if (service !== undefined) return service.id;
  throw new CliError(`--service: there is no technical service '${printable(name)}'`, EXIT.invalid);
}

async function create(io: Io, options: CreateOptions): Promise<void> {
  const { title, severity, description, service } = options;
  const client = connect(io.env);
  const affected_services: number[] = [];
  for (const name of service) affected_services.push(await serviceId(client, name));
  const more = description === undefined ? {} : { description };
  const answer = await client.post(INCIDENTS, { title, severity, affected_services, ...more });
  printNested(io, options, parseAnswer(recordSchema, answer, 'incident'));
}

async function give(io: Io, ids: readonly string[], status: string): Promise<void> {
  const body = { ids: ids.map((id) => recordId(id, 'an incident')), status };
  const answer = await connect(io.env).post(`${INCIDENTS}bulk-update-status/`, body);
  const { message, not_found } = parseAnswer(changedSchema, answer, 'bulk-update-status');
  io.stderr.write(`${printable(message)}\n`);
  if (not_found.length > 0) throw new CliError(`there is no incident ${not_found.join(', ')}`, EXIT.invalid);
}

const CHANGES = [
  { name: 'acknowledge', status: 'acknowledged', about: 'take incidents on: PagerDuty is told to acknowledge' },
  { name: 'resolve', status: 'resolved', about: 'incidents are over: PagerDuty is told to resolve' },
  {
    name: 'close',
    status: 'closed',
    about: 'nothing is left to do for incidents: as resolve, where that was not done',
  },
] as const;

/** `create`, `acknowledge`, `resolve`, `close`. */
export function registerChanging(incident: Command, io: Io): void {
  withOutput(incident.command('create'))
    .description('make an incident: PagerDuty is told to trigger')
    .requiredOption('--title <title>', 'what is wrong, in a few words')
    .addOption(new Option('--severity <severity>', 'how bad it is').choices(SEVERITIES).makeOptionMandatory())
    .option('--description <text>', 'what is wrong, in full')
    .option('--service <name...>', 'the technical services that it affects, by name', [])
    .addHelpText(
      'after',
      `
Examples:
  $ crossconnect incident create --title 'Transit to AS64500 is down' --severity critical --service transit
  $ crossconnect incident create --title 'Optics are ageing' --severity low -f json`,
    )
    .action((options: CreateOptions) => create(io, options));
  for (const { name, status, about } of CHANGES)
    incident
      .command(name)
      .description(about)
      .argument('<id...>', 'the ids of one incident or several: all of them are changed or, should it fail, none')
      .addHelpText(
        'after',
        `
Ids that are unknown are left out and named, with exit code 3.

Example:
  $ crossconnect incident ${name} 1000000004 1000000007`,
      )
      .action((ids: string[]) => give(io, ids, status));
}
