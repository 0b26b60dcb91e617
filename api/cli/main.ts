import { Command, CommanderError } from 'commander';
import { ConfigError } from '../../config/config-error';
import { CliError, EXIT } from './exit';
import { processIo, type Io } from './io';
import { productVersion } from './version';

/** The commands, and the file of `commands/` that each is in. */
const COMMANDS = {
  start: 'run',
  api: 'run',
  worker: 'run',
  peeringdb: 'peeringdb',
  schedule: 'schedule',
  job: 'job',
  token: 'token',
  config: 'config',
  doctor: 'doctor',
  healthcheck: 'healthcheck',
  migrate: 'migrate',
  completion: 'completion',
  version: 'version',
} as const;

const isCommand = (name: string): name is keyof typeof COMMANDS => Object.hasOwn(COMMANDS, name);

/** Only the file that is asked for is loaded, so that a command starts quickly; all of them for the help. */
function registerCommands(program: Command, io: Io, asked: string): void {
  const files = isCommand(asked) && asked !== 'completion' ? [COMMANDS[asked]] : new Set(Object.values(COMMANDS));
  for (const file of files) {
    // Not import(): the hook that runs TypeScript as it is covers require only.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { register } = require(`./commands/${file}`) as { register: (program: Command, io: Io) => void };
    register(program, io);
  }
}

const HELP = `
The running product is found by itself: by DATA_DIR/run.json, with the token in DATA_DIR/token. Another one is named by
CROSSCONNECT_URL and API_TOKEN (or API_TOKEN_FILE). Settings come from the environment and from the file named by CONFIG.

Exit codes:
  0  done
  1  failed
  2  incomplete: what was asked for was canceled
  3  invalid object: an unknown id, or a value that the product refused
  64 wrong usage

Examples:
  $ crossconnect start
  $ crossconnect peeringdb sync
  $ crossconnect job list --status failed -f json
  $ crossconnect token create --name grafana --scope read --key-file grafana.token
  $ crossconnect doctor`;

function createProgram(argv: readonly string[], io: Io): Command {
  const program = new Command('crossconnect')
    .description('Keeps PeeringDB, NetBox, IX-API and PagerDuty together with durable workflows.')
    .version(productVersion(), '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .showHelpAfterError('(--help says more)')
    .addHelpText('after', HELP);
  registerCommands(program, io, argv[0] ?? '');
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
