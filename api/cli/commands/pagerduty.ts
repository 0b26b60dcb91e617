import type { Command } from 'commander';
import { z } from 'zod';
import { jobSchema, parseAnswer, recordSchema } from '../answers';
import { connect } from '../connect';
import { completedJob, reportStarted } from '../finish-job';
import { printNested } from '../flat';
import type { Io } from '../io';
import { printRows, withOutput, type OutputOptions } from '../output';
import { fetchAll } from '../pages';
import { recordId } from '../record-id';
import { waiting, type WaitOptions } from '../wait-options';
import { PATIENCE, PAGERDUTY, registerSending, send } from './pagerduty-send';

const LETTER_COLUMNS = ['id', 'dedup_key', 'action', 'reason', 'attempts', 'since', 'finished'];
const DIFFERENCE_COLUMNS = ['dedup_key', 'incident', 'event', 'ours', 'theirs', 'pagerduty_incident', 'first_seen'];

const checkedSchema = z.looseObject({ compared: z.number(), differing: z.number() });

async function check(io: Io, options: WaitOptions): Promise<void> {
  const client = connect(io.env);
  const started = parseAnswer(jobSchema, await client.post(`${PAGERDUTY}check/`), 'check');
  if (!options.wait) {
    reportStarted(io, options, started);
    return;
  }
  const job = await completedJob(io, client, options, started);
  const { compared, differing } = parseAnswer(checkedSchema, job.result, 'result');
  printNested(io, options, options.format === 'json' ? job : { compared, differing });
  if (differing > 0) io.stderr.write("'crossconnect pagerduty differences' shows which\n");
}

const list = async (
  io: Io,
  path: string,
  what: string,
  filters: [string, string][] = [],
): ReturnType<typeof fetchAll> => fetchAll(connect(io.env), `${PAGERDUTY}${path}`, what, filters);

function registerDeadLetters(pagerduty: Command, io: Io): void {
  withOutput(pagerduty.command('dead-letters'))
    .description('what PagerDuty refused for good, the newest first')
    .option('--superseded', 'those that are moot by now instead')
    .addHelpText('after', '\nExample:\n  $ crossconnect pagerduty dead-letters -f json')
    .action(async (options: OutputOptions & { readonly superseded?: boolean }) => {
      const filters: [string, string][] = options.superseded ? [['state', 'superseded']] : [];
      printRows(io, options, LETTER_COLUMNS, await list(io, 'dead-letters/', 'dead letters', filters));
    });
  waiting(pagerduty.command('replay'))
    .description('send a dead letter again')
    .argument('<id>', "the dead letter's id")
    .addHelpText(
      'after',
      `${PATIENCE}
One that is superseded, or was replayed before, is refused with exit code 1.

Example:
  $ crossconnect pagerduty replay 12`,
    )
    .action((id: string, options: WaitOptions) =>
      send(io, options, `dead-letters/${recordId(id, 'a dead letter')}/replay/`, {}),
    );
}

function registerComparing(pagerduty: Command, io: Io): void {
  waiting(pagerduty.command('check'))
    .description('compare what PagerDuty has open with what it was told; nothing is repaired')
    .addHelpText('after', '\nIt needs PAGERDUTY_API_TOKEN.\n\nExample:\n  $ crossconnect pagerduty check')
    .action((options: WaitOptions) => check(io, options));
  withOutput(pagerduty.command('differences'))
    .description('where PagerDuty has something else than it was told, as it was last asked')
    .addHelpText('after', '\nExample:\n  $ crossconnect pagerduty differences -f csv -o differences.csv')
    .action(async (options: OutputOptions) =>
      printRows(io, options, DIFFERENCE_COLUMNS, await list(io, 'differences/', 'differences')),
    );
}

/** `crossconnect pagerduty …`. */
export function register(pagerduty: Command, io: Io): void {
  withOutput(pagerduty.command('status'))
    .description(
      'what is set up, what waits, retries and is dead, the budget of each key, and settings that are missing',
    )
    .addHelpText('after', '\nPagerDuty is not asked.\n\nExample:\n  $ crossconnect pagerduty status -f json')
    .action(async (options: OutputOptions) => {
      const answer = await connect(io.env).get(`${PAGERDUTY}status/`);
      printNested(io, options, parseAnswer(recordSchema, answer, 'status'));
    });
  registerSending(pagerduty, io);
  registerDeadLetters(pagerduty, io);
  registerComparing(pagerduty, io);
}
