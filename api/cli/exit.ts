/** What the exit code of every command means; documented in `--help`. */
export const EXIT = {
  ok: 0,
  failed: 1,
  /** The work goes on, waits or was canceled. */
  incomplete: 2,
  /** What was named or sent is not valid: an unknown id, a value that the product refused. */
  invalid: 3,
  usage: 64,
  /** 128 + SIGINT, as shells have it. */
  interrupted: 130,
} as const;

/** One of the codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An end of the command that the user can understand: its message is shown as one line, without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    message: string,
    readonly exitCode: ExitCode = EXIT.failed,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
