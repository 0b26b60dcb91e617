import type { Command } from 'commander';
import { Option } from 'commander';
import { pageSchema, parseAnswer } from '../answers';
import { connect } from '../connect';
import { followJob } from '../finish-job';
import type { Io } from '../io';
import { printRecord, printRows, withOutput, type OutputOptions } from '../output';
import { fetchJob } from '../watch-job';

const COLUMNS = ['id', 'type', 'status', 'created', 'finished', 'workflow_id'];

interface ListOptions extends OutputOptions {
  readonly status?: string;
  readonly type?: string;
  readonly limit: string;
}

interface ShowOptions extends OutputOptions {
  readonly wait?: boolean;
}

async function list(io: Io, options: ListOptions): Promise<void> {
  const filters = Object.fromEntries(
    Object.entries({ status: options.status, type: options.type }).filter((entry) => entry[1] !== undefined),
  ) as Record<string, string>;
  const answer = await connect(io.env).get('/api/core/jobs/', { ...filters, limit: options.limit });
  const page = parseAnswer(pageSchema, answer, 'jobs');
  printRows(io, options, COLUMNS, page.results);
  if (page.count > page.results.length)
    io.stderr.write(`${page.results.length} of ${page.count}; --limit shows more\n`);
}

async function show(io: Io, id: string, options: ShowOptions): Promise<void> {
  const client = connect(io.env);
  const job = await fetchJob(client, id);
  if (options.wait) await followJob(io, client, options, job);
  else printRecord(io, options, job);
}

/** `crossconnect job …`. */
export function register(job: Command, io: Io): void {
  withOutput(job.command('list'))
    .description('jobs, the newest first')
    .addOption(
      new Option('--status <status>', 'only jobs of this status').choices([
        'pending',
        'running',
        'waiting',
        'completed',
        'failed',
        'canceled',
      ]),
    )
    .option('--type <type>', 'only jobs of this type, such as peeringdb-sync')
    .option('--limit <n>', 'at most so many', '50')
    .action((options: ListOptions) => list(io, options));
  withOutput(job.command('show'))
    .description('one job: its status, progress, result or error')
    .argument('<id>', "the job's id")
    .option('--wait', 'follow it to its end')
    .action((id: string, options: ShowOptions) => show(io, id, options));
  job
    .command('cancel')
    .description('stop a job; what was published before stays')
    .argument('<id>', "the job's id")
    .action(async (id: string) => {
      await connect(io.env).post(`/api/core/jobs/${encodeURIComponent(id)}/cancel/`);
      io.stderr.write(`job ${id} is being canceled\n`);
    });
  job
    .command('confirm')
    .description('let a job go on that waits for a person, such as one that would remove unusually much')
    .argument('<id>', "the job's id")
    .action(async (id: string) => {
      await connect(io.env).post(`/api/core/jobs/${encodeURIComponent(id)}/confirm/`);
      io.stderr.write(`job ${id} is confirmed\n`);
    });
}
