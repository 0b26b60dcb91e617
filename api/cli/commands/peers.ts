import type { Command } from 'commander';
import { z } from 'zod';
import type { Row } from '../../csv';
import { parseAnswer } from '../answers';
import { connect } from '../connect';
import type { ApiClient } from '../http';
import type { Io } from '../io';
import { EXCHANGES, namedId } from '../named-record';
import { printRows, withOutput, type OutputOptions } from '../output';
import { fetchAll } from '../pages';

const COLUMNS = [
  ...['asn', 'name', 'internet_exchange', 'ipaddr4', 'ipaddr6', 'speed', 'is_rs_peer', 'policy_general', 'missing'],
];

const exchangesSchema = z.array(z.looseObject({ id: z.int(), name: z.string() }));
const missingSchema = z.array(z.looseObject({ connection: z.int(), family: z.int() }));

type Exchanges = z.output<typeof exchangesSchema>;
type Filter = [name: string, value: string];

interface ListOptions extends OutputOptions {
  readonly asn: readonly string[];
  readonly ix?: string;
  readonly minSpeed?: string;
  readonly policy: readonly string[];
}

const fetchExchanges = async (client: ApiClient): Promise<Exchanges> =>
  parseAnswer(exchangesSchema, await fetchAll(client, EXCHANGES.path, EXCHANGES.many), EXCHANGES.many);

/** A row for people: the exchange by its name, and each missing session as family@connection. */
function shown(row: Row, names: ReadonlyMap<unknown, string>): Row {
  const missing = parseAnswer(missingSchema, row['missing'], 'missing sessions');
  return {
    ...row,
    internet_exchange: names.get(row['internet_exchange']) ?? row['internet_exchange'],
    missing: missing.map(({ family, connection }) => `${family}@${connection}`),
  };
}

async function list(io: Io, options: ListOptions): Promise<void> {
  const client = connect(io.env);
  const filters: Filter[] = [
    ...options.asn.map((asn): Filter => ['asn', asn]),
    ...options.policy.map((policy): Filter => ['policy_general__ie', policy]),
    ...(options.minSpeed === undefined ? [] : [['min_speed', options.minSpeed] satisfies Filter]),
  ];
  const path =
    options.ix === undefined
      ? '/api/peering/available-peers/'
      : `${EXCHANGES.path}${await namedId(client, EXCHANGES, options.ix, '--ix: ')}/available-peers/`;
  const peers = await fetchAll(client, path, 'available peers', filters);
  if (options.format === 'json') {
    printRows(io, options, COLUMNS, peers);
    return;
  }
  const names = new Map<unknown, string>((await fetchExchanges(client)).map(({ id, name }) => [id, name]));
  printRows(
    io,
    options,
    COLUMNS,
    peers.map((row) => shown(row, names)),
  );
}

const repeated = (value: string, before: readonly string[]): string[] => [...before, value];

/** `crossconnect peers …`. */
export function register(peers: Command, io: Io): void {
  withOutput(peers.command('list'))
    .description('potential peers at our exchanges: a row for each of their ports with which a session is missing')
    .option('--asn <asn>', 'only this network, such as 64500 or AS64500; may be repeated', repeated, [])
    .option('--ix <id>', 'only at this internet exchange of ours: its id, its name or its slug')
    .option('--min-speed <mbits>', 'only ports of at least so many Mbit/s')
    .option('--policy <policy>', 'only networks of this general policy, such as Open; may be repeated', repeated, [])
    .addHelpText(
      'after',
      `
Missing sessions are family@connection: 4@12 is one over IPv4 on our connection 12. JSON has every field of the API.

Examples:
  $ crossconnect peers list --min-speed 10000 --policy open
  $ crossconnect peers list --asn AS64500 --asn 64501
  $ crossconnect peers list --ix example-ix-26 -f csv -o peers.csv`,
    )
    .action((options: ListOptions) => list(io, options));
}
