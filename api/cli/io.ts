import pc from 'picocolors';

/** A stream of the terminal, a pipe or a file. */
export interface Output {
  write(text: string): boolean;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** A terminal, a pipe or a file to read from. */
export type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/** What a command reads and writes: data on `stdout`, everything else on `stderr`. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: NodeJS.ProcessEnv;
  /** Where secrets are asked for; without it there is nobody to ask. */
  readonly stdin?: Input;
}

/** This process's own. */
export const processIo: Io = {
  ...{ stdout: process.stdout, stderr: process.stderr, env: process.env },
  // Looked at only by who asks for something: a pipe that was opened keeps the process alive.
  get stdin() {
    return process.stdin;
  },
};

/** Colours for a stream: none unless it is a terminal, and none with `NO_COLOR`. */
export function coloursFor(output: Output, env: NodeJS.ProcessEnv): ReturnType<typeof pc.createColors> {
  return pc.createColors(output.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb');
}

// C0, DEL, C1, and the characters that change the direction of text: upstream data could redraw the terminal with them.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text on one line, without the characters by which data could steer a terminal. */
export const printable = (text: string): string =>
  text.replaceAll(/\s*[\r\n\t]+\s*/g, ' ').replaceAll(UNPRINTABLE, '�');
