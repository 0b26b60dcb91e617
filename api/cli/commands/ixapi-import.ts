import type { Command } from 'commander';
import { jobSchema, parseAnswer } from '../answers';
import { connect } from '../connect';
import { completedJob, reportStarted } from '../finish-job';
import type { Io } from '../io';
import { describeImport, importOf, printImport } from '../ixapi-import-rows';
import { EXCHANGES, namedId } from '../named-record';
import { waiting, type WaitOptions } from '../wait-options';

interface ImportOptions extends WaitOptions {
  readonly dryRun?: boolean;
}

async function importConfigs(
  io: Io,
  exchange: string,
  network_service_config: string | undefined,
  options: ImportOptions,
): Promise<void> {
  const { dryRun: dry_run = false, wait } = options;
  const client = connect(io.env);
  const path = `${EXCHANGES.path}${await namedId(client, EXCHANGES, exchange)}/ix-api/import/`;
  const which = network_service_config === undefined ? {} : { network_service_config };
  const started = parseAnswer(jobSchema, await client.post(path, { ...which, dry_run }), 'import');
  if (!wait) {
    reportStarted(io, options, started);
    return;
  }
  const job = await completedJob(io, client, options, started);
  const imported = importOf(job);
  printImport(io, options, job, imported);
  io.stderr.write(`${describeImport(imported, dry_run)}\n`);
}

/** `import`. */
export function registerImporting(ixapi: Command, io: Io): void {
  waiting(ixapi.command('import'))
    .description('make connections of the configs that are ours at an exchange, and renew those that are there')
    .argument('<exchange>', 'the internet exchange: its id, its name or its slug')
    .argument('[config]', "the id of one network service config, as 'ixapi show' has it; without it all of them")
    .option('--dry-run', 'show what would be made, and make nothing')
    .addHelpText(
      'after',
      `
It is made of what the exchange shows now, which is read before. A row for each field of a connection says what becomes of
it; a config that is left alone has a row with the reason. One without addresses is followed, and imported once it has
some. It can be asked for as often as one likes: what is there already is skipped. JSON is the whole job. While it waits,
Ctrl-C leaves it running.

Examples:
  $ crossconnect ixapi import example-ix-26 --dry-run
  $ crossconnect ixapi import example-ix-26
  $ crossconnect ixapi import 3 NSC-1000 -f json`,
    )
    .action((exchange: string, config: string | undefined, options: ImportOptions) =>
      importConfigs(io, exchange, config, options),
    );
}
