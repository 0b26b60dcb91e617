import type { Command } from 'commander';
import { dumpSettings } from '../../../config/dump';
import { loadSettings } from '../../../config/load';
import { misspeltVariables } from '../../../config/sources';
import type { Io } from '../io';
import { write } from '../output';

function check(io: Io): void {
  loadSettings(io.env);
  for (const { name, meant } of misspeltVariables(io.env)) {
    io.stderr.write(`${name}: a variable that is not a setting; did you mean ${meant}?\n`);
  }
  io.stdout.write('the settings are good\n');
}

/** `crossconnect config …`. */
export function register(config: Command, io: Io): void {
  config
    .command('check')
    .description('check the settings and start nothing; exit code 1 and a line for each wrong value')
    .action(() => check(io));
  config
    .command('dump')
    .description('print the settings in force as YAML, each with where it came from; secrets are not shown')
    .option('-o, --output <file>', 'where to write; - is standard output', '-')
    .action((options: { output: string }) => write(io, options.output, dumpSettings(loadSettings(io.env))));
}
