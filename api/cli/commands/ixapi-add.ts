import type { Command } from 'commander';
import { z } from 'zod';
import { parseAnswer, recordSchema } from '../answers';
import { askSecret } from '../ask-secret';
import { connect } from '../connect';
import { CliError, EXIT } from '../exit';
import type { Io } from '../io';
import { IX_APIS } from '../named-record';
import { printRecord, printRows, withOutput, type OutputOptions } from '../output';

const IDENTITY_COLUMNS = ['id', 'name', 'managing_account', 'how'];

const accountsSchema = z.looseObject({ identities: z.array(recordSchema) });

interface AddOptions extends OutputOptions {
  readonly name: string;
  readonly url: string;
  readonly key: string;
  readonly secretFile?: string;
  readonly identity?: string;
}

async function add(io: Io, options: AddOptions): Promise<void> {
  const { name, url: api_url, key: api_key, identity } = options;
  const client = connect(io.env);
  const secret = await askSecret(io, { file: options.secretFile, option: '--secret-file', what: 'API secret' });
  const access = { api_url, api_key, api_secret: secret.reveal() };
  if (identity === undefined) {
    const answer = parseAnswer(accountsSchema, await client.post(`${IX_APIS.path}accounts/`, access), 'accounts');
    const { identities } = answer;
    if (identities.length > 1) {
      printRows(io, options, IDENTITY_COLUMNS, identities);
      throw new CliError(`--identity: expected one of these ${identities.length}`, EXIT.invalid);
    }
  }
  const chosen = identity === undefined ? {} : { identity };
  const made = await client.post(IX_APIS.path, { name, ...access, ...chosen });
  printRecord(io, options, parseAnswer(recordSchema, made, 'IX-API object'));
}

/** `add`. */
export function registerAdding(ixapi: Command, io: Io): void {
  withOutput(ixapi.command('add'))
    .description('make an IX-API object: its address, key and secret are tried at the exchange before they are kept')
    .requiredOption('--name <name>', 'what it is called here')
    .requiredOption('--url <url>', "the address of the exchange's IX-API; a missing /api/v2 is found")
    .requiredOption('--key <key>', 'the API key')
    .option('--secret-file <file>', 'the API secret is in this file; without it, it is read from standard input')
    .option('--identity <account>', 'the id of the account that is ours; may be left out where there is only one')
    .addHelpText(
      'after',
      `
Without --identity, where several accounts may be ours, these are printed and nothing is kept: exit code 3. The secret is
no argument, since others on this machine could see it; at a terminal it is asked for, and not shown.

Examples:
  $ crossconnect ixapi add --name 'Example IX' --url https://api.example.net --key K-1 --identity ACC-100
  $ pass show ixapi/example | crossconnect ixapi add --name 'Example IX' --url https://api.example.net --key K-1`,
    )
    .action((options: AddOptions) => add(io, options));
}
