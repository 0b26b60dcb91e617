import type { Command } from 'commander';
import { jobSchema, parseAnswer, recordSchema } from '../answers';
import { connect } from '../connect';
import { CliError, EXIT } from '../exit';
import { followJob, reportStarted } from '../finish-job';
import type { Io } from '../io';
import { printRecord, withOutput, type OutputOptions } from '../output';

interface WaitOptions extends OutputOptions {
  readonly wait: boolean;
}

interface SyncOptions extends WaitOptions {
  readonly full?: boolean;
  readonly flush?: boolean;
}

async function startAndFollow(io: Io, options: WaitOptions, path: string, body?: unknown): Promise<void> {
  const client = connect(io.env);
  const job = parseAnswer(jobSchema, await client.post(path, body), path);
  if (options.wait) await followJob(io, client, options, job);
  else reportStarted(io, options, job);
}

async function sync(io: Io, options: SyncOptions): Promise<void> {
  if (options.full && options.flush) throw new CliError('--full and --flush: expected one of them', EXIT.usage);
  const mode = options.flush ? 'flush' : options.full ? 'full' : 'incremental';
  await startAndFollow(io, options, '/api/peeringdb/cache/update-local/', { mode });
}

async function status(io: Io, options: OutputOptions): Promise<void> {
  const answer = await connect(io.env).get('/api/peeringdb/cache/statistics/');
  printRecord(io, options, parseAnswer(recordSchema, answer, 'statistics'));
}

/** `crossconnect peeringdb …`. */
export function register(peeringdb: Command, io: Io): void {
  withOutput(peeringdb.command('sync'))
    .description('fetch what changed at PeeringDB since the last synchronisation, and show how far it is')
    .option('--full', 'fetch and compare everything')
    .option('--flush', 'fetch everything anew; readers keep the old rows until the new ones are complete')
    .option('--wait', 'wait until it is done (the default)', true)
    .option('--no-wait', "start it and print the job's id")
    .addHelpText(
      'after',
      `
While it waits, Ctrl-C leaves the synchronisation running. Of two that are started at once only one runs.

Examples:
  $ crossconnect peeringdb sync
  $ crossconnect peeringdb sync --full --no-wait
  $ crossconnect peeringdb sync -f json -o result.json`,
    )
    .action((options: SyncOptions) => sync(io, options));
  withOutput(peeringdb.command('clear'))
    .description('empty the local copy, and fetch nothing')
    .option('--wait', 'wait until it is done (the default)', true)
    .option('--no-wait', "start it and print the job's id")
    .action((options: WaitOptions) => startAndFollow(io, options, '/api/peeringdb/cache/clear-local/'));
  withOutput(peeringdb.command('status'))
    .description('how many rows of each type there are, and of when')
    .action((options: OutputOptions) => status(io, options));
}
