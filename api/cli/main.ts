import { Command, CommanderError } from 'commander';
import { ConfigError } from '../../config/config-error';
import { CliError, EXIT } from './exit';
import { processIo, type Io } from './io';
import { VERSION } from '../../config/version';

/** The commands: what each is for, and the file of `commands/` that it is in. */
const COMMANDS = {
  start: {
    file: 'run',
    about: 'run the whole product: PostgreSQL and Temporal unless told otherwise, worker, API, schedules',
  },
  api: { file: 'run', about: 'run the API alone, with DATABASE_URL and TEMPORAL_ADDRESS' },
  worker: { file: 'run', about: 'run a worker alone, with DATABASE_URL and TEMPORAL_ADDRESS' },
  peeringdb: { file: 'peeringdb', about: 'the local copy of PeeringDB: synchronise it, empty it, look at it' },
  netbox: { file: 'netbox', about: "NetBox's devices: compare them with the routers, look at them" },
  ixapi: {
    file: 'ixapi',
    about: 'what exchanges show through IX-API: link to it, read it, import connections, see what differs',
  },
  incident: {
    file: 'incident',
    about: 'incidents: list and make them, acknowledge and resolve them, see what happened',
  },
  pagerduty: { file: 'pagerduty', about: 'what PagerDuty is told: how that goes, tests, dead letters, differences' },
  peers: { file: 'peers', about: 'who could be peered with at our exchanges' },
  schedule: { file: 'schedule', about: 'what is started at set times' },
  job: { file: 'job', about: 'long work: synchronisations and the like' },
  token: { file: 'token', about: 'keys of the API' },
  config: { file: 'config', about: 'the settings: check them, print them' },
  doctor: { file: 'doctor', about: 'check this machine, the settings and all that the product talks to; a line each' },
  healthcheck: { file: 'healthcheck', about: 'exit code 0 if the product is ready, 1 if it is not' },
  migrate: {
    file: 'migrate',
    about: 'bring the database, embedded or of DATABASE_URL, to this version; several at once are safe',
  },
  completion: { file: 'completion', about: 'print a script that completes commands and options in the shell' },
  version: { file: 'version', about: 'print the version' },
} as const;

/** A file of `commands/`: adds what is below its command. */
interface CommandFile {
  readonly register: (command: Command, io: Io) => void;
}

/** Only the file of the command that is asked for is loaded, so that it starts quickly; completion needs all of them. */
function registerCommands(program: Command, io: Io, argv: readonly string[]): void {
  const asked = argv[0] === 'help' ? argv[1] : argv[0];
  for (const [name, { file, about }] of Object.entries(COMMANDS)) {
    const command = program.command(name).description(about);
    if (asked !== name && asked !== 'completion') continue;
    // Not import(): the hook that runs TypeScript as it is covers require only.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { register } = require(`./commands/${file}`) as CommandFile;
    register(command, io);
  }
}

const HELP = `
The running product is found by itself: by DATA_DIR/run.json, with the token in DATA_DIR/token. Another one is named by
CROSSCONNECT_URL and API_TOKEN (or API_TOKEN_FILE). Settings come from the environment and from the file named by CONFIG.

Exit codes:
  0  done
  1  failed
  2  incomplete: what was asked for was canceled, or a part of it waits for a person
  3  invalid object: an unknown id, or a value that the product refused
  64 wrong usage

Examples:
  $ crossconnect start
  $ crossconnect peeringdb sync
  $ crossconnect netbox reconcile --apply
  $ crossconnect peers list --ix 26 --min-speed 10000 -f csv -o peers.csv
  $ crossconnect ixapi import example-ix-26 --dry-run
  $ crossconnect incident list --open
  $ crossconnect pagerduty test
  $ crossconnect job list --status failed -f json
  $ crossconnect token create --name grafana --scope read --key-file grafana.token
  $ crossconnect doctor`;

function createProgram(argv: readonly string[], io: Io): Command {
  const program = new Command('crossconnect')
    .description('Keeps PeeringDB, NetBox, IX-API and PagerDuty together with durable workflows.')
    .version(VERSION, '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .showHelpAfterError('(--help says more)')
    .addHelpText('after', HELP);
  registerCommands(program, io, argv);
  return program;
}

/** Says what went wrong, in one line if it is anything that the user can understand; the exit code for it. */
function explain(error: unknown, io: Io): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof CliError || error instanceof ConfigError) {
    for (const line of error.message.split('\n')) io.stderr.write(`crossconnect: ${line}\n`);
    return error instanceof CliError ? error.exitCode : EXIT.failed;
  }
  const stack = error instanceof Error && io.env['LOG_LEVEL'] === 'debug' ? error.stack : undefined;
  io.stderr.write(`crossconnect: ${stack ?? (error instanceof Error ? error.message : String(error))}\n`);
  return EXIT.failed;
}

/** Runs one command line; the exit code. Nothing here ends the process. */
export async function main(argv: readonly string[], io: Io = processIo): Promise<number> {
  try {
    const program = createProgram(argv, io);
    await program.parseAsync(argv, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    return explain(error, io);
  }
}

/** Runs this process's command line. A reader that has seen enough, such as head, closes the pipe: no failure. */
export function runProcess(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.ok);
    throw error;
  });
  void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
}

if (require.main === module) runProcess();
