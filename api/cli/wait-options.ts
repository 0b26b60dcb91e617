import type { Command } from 'commander';
import { withOutput, type OutputOptions } from './output';

/** Options of a command that starts something. */
export interface WaitOptions extends OutputOptions {
  readonly wait: boolean;
}

/** Gives a command the options of all that start something. */
export const waiting = (command: Command): Command =>
  withOutput(command)
    .option('--wait', 'wait until it is done (the default)', true)
    .option('--no-wait', "start it and print the job's id");
