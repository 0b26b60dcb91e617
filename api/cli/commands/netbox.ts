import type { Command } from 'commander';
import { jobSchema, parseAnswer, type Job } from '../answers';
import { connect } from '../connect';
import { CliError, EXIT } from '../exit';
import { completedJob, reportStarted } from '../finish-job';
import type { ApiClient } from '../http';
import type { Io } from '../io';
import { describePlan, isEmpty, planOf, printPlan, type NetboxPlan } from '../netbox-plan';
import { printRows, withOutput, type OutputOptions } from '../output';
import { fetchAll } from '../pages';

const RECONCILE = '/api/devices/reconcile/';
const DEVICES = '/api/devices/netbox-devices/';
const DEVICE_COLUMNS = ['id', 'display', 'name', 'primary_ip4', 'primary_ip6', 'router', 'read_at'];

interface ReconcileOptions extends OutputOptions {
  readonly apply?: boolean;
  readonly plan?: string;
  readonly checksum?: string;
  readonly strict?: boolean;
  readonly device: readonly string[];
  readonly wait: boolean;
}

interface DevicesOptions extends OutputOptions {
  readonly q?: string;
  readonly refresh?: boolean;
}

/** Which plan is applied. */
interface Chosen {
  readonly plan: string;
  readonly checksum: string;
}

function deviceId(text: string): number {
  const id = Number(text);
  if (/^[1-9]\d*$/.test(text) && Number.isSafeInteger(id)) return id;
  throw new CliError(`--device: '${text}' is not usable: expected the id of a device in NetBox`, EXIT.usage);
}

/** Throws for options that do not go together. */
function checkUsage({ apply = false, plan, checksum, strict = false, device, wait }: ReconcileOptions): void {
  const refuse = (isWrong: boolean, why: string): void => {
    if (isWrong) throw new CliError(why, EXIT.usage);
  };
  refuse((plan === undefined) !== (checksum === undefined), '--plan and --checksum: expected both of them, or neither');
  refuse(plan !== undefined && device.length > 0, '--plan and --device: the plan says which devices');
  refuse(strict && !apply && plan === undefined, '--strict: expected --apply, or a plan to apply');
  refuse(apply && !wait && plan === undefined, '--apply and --no-wait: a plan has to be waited for to be applied');
}

const start = async (client: ApiClient, body: object): Promise<Job> =>
  parseAnswer(jobSchema, await client.post(RECONCILE, body), RECONCILE);

/** Says what came of a plan; what the guard holds back waits for a person. */
function report(io: Io, { result }: NetboxPlan): void {
  if (result === undefined) return;
  const { applied, stale, held } = result;
  const left = stale.length === 0 ? '' : `; moved since it was planned, and left: ${stale.join(', ')}`;
  io.stderr.write(`${applied} applied${left}\n`);
  if (held.length === 0) return;
  throw new CliError(
    `the guard holds back ${held.length} (${held.join(', ')}): 'crossconnect job list --type netbox-guard' shows the job to confirm`,
    EXIT.incomplete,
  );
}

/** Applies a plan. Its rows are printed where nobody has seen them yet. */
async function apply(
  io: Io,
  client: ApiClient,
  options: ReconcileOptions,
  chosen: Chosen,
  seen: boolean,
): Promise<void> {
  const started = await start(client, { ...chosen, ...(options.strict ? { strict: true } : {}) });
  if (!options.wait) {
    reportStarted(io, options, started);
    return;
  }
  const job = await completedJob(io, client, options, started);
  const plan = planOf(job);
  if (!seen || options.format === 'json') printPlan(io, options, job, plan);
  report(io, plan);
}

async function planAndApply(io: Io, client: ApiClient, options: ReconcileOptions): Promise<void> {
  const device_ids = options.device.map(deviceId);
  const started = await start(client, { dry_run: true, ...(device_ids.length === 0 ? {} : { device_ids }) });
  if (!options.wait) {
    reportStarted(io, options, started);
    return;
  }
  const job = await completedJob(io, client, options, started);
  const plan = planOf(job);
  const chosen = { plan: job.id, checksum: plan.checksum };
  const onlyPlans = options.apply !== true;
  // One document is JSON: that of what was done.
  if (onlyPlans || options.format !== 'json') printPlan(io, options, job, plan);
  io.stderr.write(`${describePlan(plan)}\n`);
  if (!onlyPlans) await apply(io, client, options, chosen, true);
  else if (!isEmpty(plan)) {
    const command = `crossconnect netbox reconcile --plan ${chosen.plan} --checksum ${chosen.checksum}`;
    io.stderr.write(`apply it with '${command}'\n`);
  }
}

async function reconcile(io: Io, options: ReconcileOptions): Promise<void> {
  checkUsage(options);
  const { plan, checksum } = options;
  const client = connect(io.env);
  if (plan === undefined || checksum === undefined) await planAndApply(io, client, options);
  else await apply(io, client, options, { plan, checksum }, false);
}

async function devices(io: Io, options: DevicesOptions): Promise<void> {
  const client = connect(io.env);
  // Once, and not for every page.
  if (options.refresh) await client.get(DEVICES, { refresh: 'true', limit: '1' });
  const rows = await fetchAll(client, DEVICES, 'devices', options.q === undefined ? [] : [['q', options.q]]);
  printRows(io, options, DEVICE_COLUMNS, rows);
}

/** `crossconnect netbox …`. */
export function register(netbox: Command, io: Io): void {
  withOutput(netbox.command('reconcile'))
    .description("compare NetBox's devices with the routers, and show what would be changed: a plan")
    .option('--apply', 'show the plan, and apply it')
    .option('--plan <job>', 'apply the plan that this job made')
    .option('--checksum <sum>', 'the checksum of that plan')
    .option('--strict', 'apply nothing at all if anything moved since it was planned')
    .option('--device <id...>', 'only these devices of NetBox', [])
    .option('--wait', 'wait until it is done (the default)', true)
    .option('--no-wait', "start it and print the job's id")
    .addHelpText(
      'after',
      `
Without --apply or --plan nothing is changed. What moved in NetBox or here since it was planned is left as it is. While it
waits, Ctrl-C leaves it running. JSON is the whole job. The exit code is 2 if the guard holds a part back.

Examples:
  $ crossconnect netbox reconcile
  $ crossconnect netbox reconcile --apply --strict
  $ crossconnect netbox reconcile --device 301 --device 302 -f csv -o plan.csv
  $ crossconnect netbox reconcile --plan 0b0c9a4e-… --checksum 5f2d…`,
    )
    .action((options: ReconcileOptions) => reconcile(io, options));
  withOutput(netbox.command('devices'))
    .description("NetBox's devices in scope as they were last read, and the routers that are linked to them")
    .option('--q <text>', 'only those with this text in their name or address')
    .option('--refresh', 'ask NetBox before')
    .addHelpText(
      'after',
      `
Examples:
  $ crossconnect netbox devices --q edge
  $ crossconnect netbox devices --refresh -f csv -o devices.csv`,
    )
    .action((options: DevicesOptions) => devices(io, options));
}
