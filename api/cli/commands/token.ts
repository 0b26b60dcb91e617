import { Option, type Command } from 'commander';
import { z } from 'zod';
import { duration } from '../../../config/values';
import { pageSchema, parseAnswer } from '../answers';
import { connect } from '../connect';
import { CliError, EXIT } from '../exit';
import type { Io } from '../io';
import { createKeyFile } from '../key-file';
import { printRows, withOutput, type OutputOptions } from '../output';

const PATH = '/api/users/tokens/';
const COLUMNS = ['id', 'name', 'scope', 'expires', 'allowed_ips', 'created', 'last_used'];

const createdSchema = z.looseObject({ id: z.union([z.number(), z.string()]), key: z.string() });

interface CreateOptions {
  readonly name: string;
  readonly scope: string;
  readonly expires?: string;
  readonly allowedIp: readonly string[];
  readonly keyFile?: string;
}

/** A time (ISO 8601), or a length of time from now such as `30d`; as ISO 8601 in UTC. */
function parseExpires(value: string): string {
  const length = duration.safeParse(value);
  if (length.success) return new Date(Date.now() + length.data).toISOString();
  const time = /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : NaN;
  if (Number.isNaN(time)) {
    throw new CliError(`--expires: '${value}' is not usable: expected a date, a time or a length like 30d`, EXIT.usage);
  }
  return new Date(time).toISOString();
}

async function create(io: Io, options: CreateOptions): Promise<void> {
  const { name, scope, allowedIp: allowed_ips } = options;
  const expires = options.expires === undefined ? {} : { expires: parseExpires(options.expires) };
  const client = connect(io.env);
  const keyFile = options.keyFile === undefined ? undefined : createKeyFile(options.keyFile);
  let created: z.output<typeof createdSchema>;
  try {
    const answer = await client.post(PATH, {
      name,
      scope,
      ...expires,
      ...(allowed_ips.length > 0 ? { allowed_ips } : {}),
    });
    created = parseAnswer(createdSchema, answer, 'token');
  } catch (error) {
    keyFile?.discard();
    throw error;
  }
  if (keyFile) keyFile.write(created.key);
  else io.stdout.write(`${created.key}\n`);
  const where = options.keyFile === undefined ? 'it is not shown again' : `its key is in ${options.keyFile}`;
  io.stderr.write(`token ${created.id} (${name}, ${scope}) made; ${where}\n`);
}

async function list(io: Io, options: OutputOptions): Promise<void> {
  const answer = await connect(io.env).get(PATH, { limit: '1000' });
  printRows(io, options, COLUMNS, parseAnswer(pageSchema, answer, 'tokens').results);
}

/** `crossconnect token …`. */
export function register(token: Command, io: Io): void {
  token
    .command('create')
    .description('make a token; its key goes to standard output or to a file, once')
    .option('--name <name>', 'what it is for', 'cli')
    .addOption(new Option('--scope <scope>', 'what it may do').choices(['read', 'write', 'admin']).default('read'))
    .option('--expires <when>', 'a date, a time (ISO 8601), or a length of time like 30d')
    .option('--allowed-ip <prefix...>', 'addresses or prefixes that may use it', [])
    .option('--key-file <file>', 'write the key to this new file, for its owner only')
    .addHelpText(
      'after',
      `
Examples:
  $ crossconnect token create --name grafana
  $ crossconnect token create --name netbox --scope write --expires 90d --allowed-ip 192.0.2.0/24 --key-file netbox.token`,
    )
    .action((options: CreateOptions) => create(io, options));
  withOutput(token.command('list'))
    .description('the tokens, without their keys')
    .action((options: OutputOptions) => list(io, options));
  token
    .command('delete')
    .description('withdraw a token at once')
    .argument('<id>', "the token's id")
    .action(async (id: string) => {
      await connect(io.env).delete(`${PATH}${encodeURIComponent(id)}/`);
      io.stderr.write(`token ${id} deleted\n`);
    });
}
