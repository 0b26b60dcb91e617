import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { errorCode } from '../../config/error-code';
import { Secret } from '../../config/secret';
import { CliError, EXIT } from './exit';
import type { Input, Io } from './io';

/** Longer than any secret. */
const MOST = 64 * 1024;

/** Takes what a terminal would show of what is typed. */
const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

/** A line that is typed at a terminal, and not shown there. Throws a {@link CliError} on Ctrl-C. */
function typed(terminal: Input, { stderr }: Io, prompt: string): Promise<string> {
  stderr.write(prompt);
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: terminal, output: nowhere(), terminal: true });
    let line = '';
    let isInterrupted = false;
    lines
      .once('line', (text) => {
        line = text;
        lines.close();
      })
      .once('SIGINT', () => {
        isInterrupted = true;
        lines.close();
      })
      .once('close', () => {
        stderr.write('\n');
        if (isInterrupted) reject(new CliError('nothing was done', EXIT.interrupted));
        else resolve(line);
      });
  });
}

/** All that comes through a pipe or from a file. */
async function piped(input: Input): Promise<string> {
  let text = '';
  for await (const chunk of input) {
    text += String(chunk);
    if (text.length > MOST) break;
  }
  return text;
}

function fromFile(path: string, option: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CliError(`'${path}' cannot be read (${errorCode(error)}): expected a file for ${option}`, EXIT.usage);
  }
}

/**
 * A secret: from the file that the option names, else from standard input, where it is asked for if that is a terminal.
 * Never from an argument, which others see in the list of processes. A line break at its end is none of it.
 */
export async function askSecret(
  io: Io,
  { file, option, what }: { readonly file: string | undefined; readonly option: string; readonly what: string },
): Promise<Secret> {
  const { stdin } = io;
  const text =
    file !== undefined
      ? fromFile(file, option)
      : stdin?.isTTY === true
        ? await typed(stdin, io, `${what}: `)
        : stdin && (await piped(stdin));
  const secret = text?.replace(/\r?\n$/, '') ?? '';
  if (secret !== '' && secret.length <= MOST && !/[\r\n]/.test(secret)) return new Secret(secret);
  throw new CliError(`${what}: expected one line on standard input, or in the file of ${option}`, EXIT.usage);
}
