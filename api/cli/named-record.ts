import { z } from 'zod';
import { parseAnswer } from './answers';
import { CliError, EXIT } from './exit';
import type { ApiClient } from './http';
import { printable } from './io';
import { fetchAll } from './pages';

const foundSchema = z.array(z.looseObject({ id: z.int(), name: z.string(), slug: z.string().optional() }));

/** Records that people name by more than their ids. */
export interface NamedKind {
  readonly path: string;
  /** One of them, and several, in words. */
  readonly one: string;
  readonly many: string;
  /** The fields by which they are named beside their id. */
  readonly by: readonly ('slug' | 'name')[];
}

export const EXCHANGES: NamedKind = {
  path: '/api/peering/internet-exchanges/',
  ...{ one: 'internet exchange', many: 'internet exchanges', by: ['name', 'slug'] },
};

export const IX_APIS: NamedKind = {
  path: '/api/extras/ix-api/',
  ...{ one: 'IX-API object', many: 'IX-API objects', by: ['name'] },
};

const expectedOf = ({ by }: NamedKind): string => ['an id', ...by.map((field) => `a ${field}`)].join(', ');

/**
 * The id of the record that a text means: digits are an id, else it is one of the names in whatever case. `where` is what
 * it was given to, such as `--ix: `. Throws a {@link CliError} unless it is exactly one.
 */
export async function namedId(client: ApiClient, kind: NamedKind, text: string, where = ''): Promise<number> {
  if (/^[1-9]\d*$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  const { path, one, many, by } = kind;
  const found = new Map<number, string>();
  for (const field of by) {
    const rows = parseAnswer(foundSchema, await fetchAll(client, path, many, [[`${field}__ie`, text]]), many);
    for (const { id, name, slug = name } of rows) found.set(id, slug);
  }
  const [first, ...others] = found.keys();
  if (first !== undefined && others.length === 0) return first;
  const shown = printable(text);
  const expected = expectedOf(kind).replace(/, ([^,]*)$/, ' or $1');
  if (first === undefined)
    throw new CliError(`${where}there is no ${one} '${shown}': expected ${expected}`, EXIT.invalid);
  const each = [...found].map(([id, name]) => `${id} (${printable(name)})`).join(', ');
  throw new CliError(`${where}'${shown}' is ${found.size} ${many}: expected one of the ids ${each}`, EXIT.invalid);
}
