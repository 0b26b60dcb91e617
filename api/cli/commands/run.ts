import type { Command } from 'commander';
import { CliError } from '../exit';

/** The composition root is not there yet. */
const notYet = (role: string): never => {
  throw new CliError(`${role}: not in this version yet`);
};

/** `crossconnect start`, `api` and `worker`. */
export function register(program: Command): void {
  program
    .command('start')
    .description('run the whole product: PostgreSQL and Temporal unless told otherwise, worker, API, schedules')
    .action(() => notYet('start'));
  program
    .command('api')
    .description('run the API alone, with DATABASE_URL and TEMPORAL_ADDRESS')
    .action(() => notYet('api'));
  program
    .command('worker')
    .description('run a worker alone, with DATABASE_URL and TEMPORAL_ADDRESS')
    .action(() => notYet('worker'));
}
