import { Option, type Command } from 'commander';
import { jobSchema, parseAnswer, recordSchema } from '../answers';
import { connect } from '../connect';
import { CliError, EXIT } from '../exit';
import { completedJob, followJob, reportStarted } from '../finish-job';
import { printNested } from '../flat';
import type { Io } from '../io';
import { recordId } from '../record-id';
import { waiting, type WaitOptions } from '../wait-options';

/** Commands that send something to PagerDuty. */

/** Where the API has what concerns PagerDuty. */
export const PAGERDUTY = '/api/plugins/business-application/pagerduty/';

interface SendOptions extends WaitOptions {
  readonly dryRun?: boolean;
}

/** Asks for something to be sent, and follows it until PagerDuty has taken it; or shows what would be sent. */
export async function send(io: Io, options: SendOptions, path: string, body: object): Promise<void> {
  const client = connect(io.env);
  const { dryRun = false, wait } = options;
  const answer = await client.post(`${PAGERDUTY}${path}`, dryRun ? { ...body, dry_run: true } : body);
  if (dryRun) {
    printNested(io, options, parseAnswer(recordSchema, answer, path));
    return;
  }
  const job = parseAnswer(jobSchema, answer, path);
  if (!wait) {
    reportStarted(io, options, job);
    return;
  }
  if (options.format === 'json') {
    await followJob(io, client, options, job);
    return;
  }
  const { result } = await completedJob(io, client, options, job);
  printNested(io, options, parseAnswer(recordSchema, result, 'result'));
}

interface ResolveOptions extends SendOptions {
  readonly event?: string;
  readonly dedupKey?: string;
}

async function resolve(io: Io, options: ResolveOptions): Promise<void> {
  const { event, dedupKey: dedup_key } = options;
  if ((event === undefined) === (dedup_key === undefined))
    throw new CliError('--event and --dedup-key: expected one of them', EXIT.usage);
  const what = event === undefined ? { dedup_key } : { event_id: recordId(event, 'an event') };
  await send(io, options, 'resolve-event/', what);
}

const sending = (command: Command): Command =>
  waiting(command).option('--dry-run', 'show what would be sent and under whose key, and send nothing');

/** What the help of each of them says. */
export const PATIENCE = `
It is done when PagerDuty has taken it. While PagerDuty is away it waits, for as long as that lasts; Ctrl-C leaves it
running.`;

/** `test`, `send-event`, `send-incident`, `resolve`. */
export function registerSending(pagerduty: Command, io: Io): void {
  sending(pagerduty.command('test'))
    .description('trigger a test alert and resolve it at once')
    .addHelpText(
      'after',
      `${PATIENCE}

Examples:
  $ crossconnect pagerduty test
  $ crossconnect pagerduty test --dry-run -f json`,
    )
    .action((options: SendOptions) => send(io, options, 'test/', {}));
  sending(pagerduty.command('send-event'))
    .description('send an event under its own dedup key: a trigger while it is triggered, else a resolve')
    .argument('<id>', "the event's id")
    .addHelpText('after', `${PATIENCE}\n\nExample:\n  $ crossconnect pagerduty send-event 1000000012 --dry-run`)
    .action((id: string, options: SendOptions) =>
      send(io, options, 'send-event/', { event_id: recordId(id, 'an event') }),
    );
  sending(pagerduty.command('send-incident'))
    .description('send an incident under the dedup key that carries it')
    .argument('<id>', "the incident's id")
    .addOption(
      new Option('--action <action>', 'what is sent').choices(['trigger', 'acknowledge', 'resolve']).default('trigger'),
    )
    .addHelpText(
      'after',
      `${PATIENCE}\n\nExample:\n  $ crossconnect pagerduty send-incident 1000000004 --action acknowledge`,
    )
    .action((id: string, options: SendOptions & { readonly action: string }) =>
      send(io, options, 'send-incident/', { incident_id: recordId(id, 'an incident'), action: options.action }),
    );
  sending(pagerduty.command('resolve'))
    .description('resolve the alert that carries an event, or the one of a dedup key')
    .option('--event <id>', 'the event')
    .option('--dedup-key <key>', 'the dedup key')
    .addHelpText(
      'after',
      `${PATIENCE}

Examples:
  $ crossconnect pagerduty resolve --event 1000000012
  $ crossconnect pagerduty resolve --dedup-key netbox-incident-17`,
    )
    .action((options: ResolveOptions) => resolve(io, options));
}
