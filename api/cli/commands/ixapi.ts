import { Option, type Command } from 'commander';
import { jobSchema, parseAnswer, recordSchema } from '../answers';
import { connect } from '../connect';
import { completedJob, reportStarted } from '../finish-job';
import { printNested } from '../flat';
import { printable, type Io } from '../io';
import { EXCHANGES, IX_APIS, namedId } from '../named-record';
import { printRows, withOutput, type OutputOptions } from '../output';
import { fetchAll } from '../pages';
import { waiting, type WaitOptions } from '../wait-options';
import { registerAdding } from './ixapi-add';
import { registerImporting } from './ixapi-import';
import { registerShowing } from './ixapi-show';

const COLUMNS = [
  ...['id', 'name', 'api_url', 'identity', 'version', 'health', 'fetched_at', 'internet_exchange_count'],
];
const DRIFT_COLUMNS = [
  ...['severity', 'internet_exchange_name', 'network_service_config', 'connection', 'kind', 'message', 'first_seen'],
];
const SEVERITIES = ['critical', 'warning', 'info'] as const;

/** What the help of commands says that take an exchange. */
const WHICH = 'its id, its name or its slug';

interface DriftOptions extends OutputOptions {
  readonly exchange?: string;
  readonly severity: readonly string[];
}

async function link(io: Io, exchange: string, ixApi: string | undefined): Promise<void> {
  const client = connect(io.env);
  const ixapi_endpoint = ixApi === undefined ? null : await namedId(client, IX_APIS, ixApi);
  const id = await namedId(client, EXCHANGES, exchange);
  const answer = await client.patch(`${EXCHANGES.path}${id}/`, { ixapi_endpoint });
  const { name } = parseAnswer(recordSchema, answer, 'internet exchange');
  const which = `internet exchange ${id} (${printable(String(name))})`;
  const done =
    ixapi_endpoint === null
      ? `${which} is linked to no IX-API object`
      : `${which} is linked to IX-API object ${ixapi_endpoint}: 'crossconnect ixapi refresh ${id}' reads it`;
  io.stderr.write(`${done}\n`);
}

async function refresh(io: Io, exchange: string, options: WaitOptions): Promise<void> {
  const client = connect(io.env);
  const path = `${EXCHANGES.path}${await namedId(client, EXCHANGES, exchange)}/ix-api/refresh/`;
  const started = parseAnswer(jobSchema, await client.post(path, {}), 'refresh');
  if (!options.wait) {
    reportStarted(io, options, started);
    return;
  }
  const job = await completedJob(io, client, options, started);
  printNested(io, options, options.format === 'json' ? job : parseAnswer(recordSchema, job.result, 'result'));
}

async function drift(io: Io, options: DriftOptions): Promise<void> {
  const client = connect(io.env);
  const filters: [string, string][] = options.severity.map((severity) => ['severity', severity]);
  if (options.exchange !== undefined) {
    const id = await namedId(client, EXCHANGES, options.exchange, '--exchange: ');
    filters.push(['internet_exchange', String(id)]);
  }
  printRows(io, options, DRIFT_COLUMNS, await fetchAll(client, '/api/extras/drift/', 'drift', filters));
}

function registerLinking(ixapi: Command, io: Io): void {
  ixapi
    .command('link')
    .description('let an internet exchange of ours be what an IX-API object shows')
    .argument('<exchange>', `the internet exchange: ${WHICH}`)
    .argument('<ix-api>', 'the IX-API object: its id or its name')
    .addHelpText(
      'after',
      `
One object may serve several exchanges, an exchange has at most one. Linked to another one, the connections of the exchange
are none of the old one's configs any more.

Example:
  $ crossconnect ixapi link example-ix-26 'Example IX'`,
    )
    .action((exchange: string, ixApi: string) => link(io, exchange, ixApi));
  ixapi
    .command('unlink')
    .description('let an internet exchange have no IX-API; its connections stay')
    .argument('<exchange>', `the internet exchange: ${WHICH}`)
    .addHelpText(
      'after',
      `
What the connections were at the exchange is forgotten, and configs that waited for addresses are followed no more.

Example:
  $ crossconnect ixapi unlink example-ix-26`,
    )
    .action((exchange: string) => link(io, exchange, undefined));
}

function registerReading(ixapi: Command, io: Io): void {
  waiting(ixapi.command('refresh'))
    .description('read again what an exchange shows, and compare it with what is known elsewhere')
    .argument('<exchange>', `the internet exchange: ${WHICH}`)
    .addHelpText(
      'after',
      `
All exchanges of the same IX-API object are read with it. While it waits, Ctrl-C leaves it running.

Examples:
  $ crossconnect ixapi refresh example-ix-26
  $ crossconnect ixapi refresh 3 --no-wait`,
    )
    .action((exchange: string, options: WaitOptions) => refresh(io, exchange, options));
  withOutput(ixapi.command('drift'))
    .description('where exchanges, PeeringDB, NetBox and our connections differ, the worst first')
    .option('--exchange <exchange>', `only at this internet exchange: ${WHICH}`)
    .addOption(new Option('--severity <severity...>', 'only of these severities').choices(SEVERITIES).default([]))
    .addHelpText(
      'after',
      `
It is what the last refresh found. JSON has what each source says, and how many seconds ago it said so.

Examples:
  $ crossconnect ixapi drift --severity critical
  $ crossconnect ixapi drift --exchange example-ix-26 -f csv -o drift.csv`,
    )
    .action((options: DriftOptions) => drift(io, options));
}

/** `crossconnect ixapi …`. */
export function register(ixapi: Command, io: Io): void {
  withOutput(ixapi.command('list'))
    .description('the IX-API objects, without their secrets, and when each was last read')
    .addHelpText('after', '\nExample:\n  $ crossconnect ixapi list -f json')
    .action(async (options: OutputOptions) =>
      printRows(io, options, COLUMNS, await fetchAll(connect(io.env), IX_APIS.path, IX_APIS.many)),
    );
  registerAdding(ixapi, io);
  registerLinking(ixapi, io);
  registerReading(ixapi, io);
  registerShowing(ixapi, io);
  registerImporting(ixapi, io);
}
