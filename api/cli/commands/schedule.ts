import type { Command } from 'commander';
import { z } from 'zod';
import { pageSchema, parseAnswer, recordSchema } from '../answers';
import { connect } from '../connect';
import type { Io } from '../io';
import { printRows, withOutput, type OutputOptions } from '../output';

const COLUMNS = ['id', 'cron', 'paused', 'next_run', 'last_run', 'note'];
const ACTIONS = {
  pause: {
    description: 'let a schedule start nothing until it is unpaused; a restart keeps the pause',
    done: 'paused',
  },
  unpause: { description: 'let a schedule start its work again', done: 'unpaused' },
  trigger: { description: 'start the work of a schedule now', done: 'triggered' },
} as const;

async function list(io: Io, options: OutputOptions): Promise<void> {
  const answer = await connect(io.env).get('/api/core/schedules/');
  // A short, fixed list: it may come whole or as a page.
  const rows = parseAnswer(
    z.union([pageSchema.transform((page) => page.results), z.array(recordSchema)]),
    answer,
    'schedules',
  );
  printRows(io, options, COLUMNS, rows);
}

/** `crossconnect schedule …`. */
export function register(schedule: Command, io: Io): void {
  withOutput(schedule.command('list'))
    .description('the schedules with their next times (UTC)')
    .action((options: OutputOptions) => list(io, options));
  for (const [action, { description, done }] of Object.entries(ACTIONS)) {
    schedule
      .command(action)
      .description(description)
      .argument('<id>', "the schedule's id, such as peeringdb")
      .action(async (id: string) => {
        await connect(io.env).post(`/api/core/schedules/${encodeURIComponent(id)}/${action}/`);
        io.stderr.write(`schedule ${id} ${done}\n`);
      });
  }
}
