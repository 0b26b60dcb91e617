import { CliError, EXIT } from './exit';
import { printable } from './io';

/** The id of a record, as it was typed; `what` is the record in words. Throws a {@link CliError} that names the text. */
export function recordId(text: string, what: string): number {
  const id = Number(text);
  if (/^[1-9]\d*$/.test(text) && Number.isSafeInteger(id)) return id;
  throw new CliError(`'${printable(text)}' is not usable: expected the id of ${what}`, EXIT.usage);
}
