import { gunzipSync } from 'node:zlib';
import type { Knex } from 'knex';
import { request } from 'undici';
import { copyInto, withTransaction } from '../store/client';
import { OBJECT_TAGS, OBJECTS, type PeeringdbObject } from '../store/peeringdb/objects';

/**
 * The floor of a first full synchronisation: what nobody can do without. The same bytes fetched and parsed in Node, and
 * written by COPY into the same tables with the same indexes, in one transaction; nothing checked, kept, compared or
 * retried.
 */
type Row = Readonly<Record<string, unknown>>;

const escape = (text: string): string =>
  text.replace(/[\\\n\r\t]/g, (c) => ({ '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' })[c] ?? c);

const field = (value: unknown): string => {
  if (value === null || value === undefined) return '\\N';
  return escape(typeof value === 'string' ? value : JSON.stringify(value));
};

async function fetchRows(url: string, headers: Readonly<Record<string, string>>): Promise<Row[]> {
  const { body } = await request(url, { headers: { 'accept-encoding': 'gzip', ...headers } });
  const text = gunzipSync(Buffer.from(await body.arrayBuffer())).toString();
  return (JSON.parse(text) as { data: Row[] }).data;
}

const linesOf = (object: PeeringdbObject, rows: readonly Row[]): string =>
  rows.map((row) => `${object.columns.map(({ name }) => field(row[name])).join('\t')}\n`).join('');

/** Fetches and writes everything; milliseconds. The tables are emptied first, outside the time. */
export async function measureFloor(
  knex: Knex,
  api: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  await knex.raw(`TRUNCATE ${OBJECT_TAGS.map((tag) => OBJECTS[tag].table).join(', ')}`);
  const started = performance.now();
  await withTransaction(knex, async (client) => {
    for (const tag of OBJECT_TAGS) {
      const object = OBJECTS[tag];
      const rows = await fetchRows(`${api}/${tag}`, headers);
      const copy = copyInto(
        client,
        object.table,
        object.columns.map(({ name }) => name),
      );
      for (let from = 0; from < rows.length; from += 500) {
        await copy.write(Buffer.from(linesOf(object, rows.slice(from, from + 500))));
      }
      await copy.end();
    }
  });
  return performance.now() - started;
}
