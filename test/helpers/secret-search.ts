import { Client, Connection } from '@temporalio/client';
import type { Knex } from 'knex';

/** Places where a secret could have been left, each with the text that is there. */
export type Places = Readonly<Record<string, string>>;

/** The text of a value of a history: payloads are bytes there. */
function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return value.map(textOf).join('\n');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${textOf(inner)}`)
    .join('\n');
}

/** Every workflow's history of a namespace, with its memo; or of those that a visibility query finds. */
export async function historiesOf(address: string, namespace: string, query?: string): Promise<Places> {
  const connection = await Connection.connect({ address });
  try {
    const { workflow } = new Client({ connection, namespace });
    const places: Record<string, string> = {};
    for await (const { workflowId, runId, raw } of workflow.list(query === undefined ? {} : { query })) {
      const history = await workflow.getHandle(workflowId, runId).fetchHistory();
      places[`history of ${workflowId} ${runId}`] = textOf([workflowId, raw, history]);
    }
    return places;
  } finally {
    await connection.close();
  }
}

/** Every table, all its columns: text, JSON, and bytes as text and as hexadecimal digits. */
export async function tablesOf(knex: Knex): Promise<Places> {
  const { rows } = await knex.raw<{ rows: { table: string; column: string; type: string }[] }>(
    `SELECT c.table_name AS table, c.column_name AS column, c.data_type AS type
     FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'`,
  );
  const places: Record<string, string> = {};
  for (const { table, column, type } of rows) {
    const plain = type === 'bytea' ? `encode(??, 'escape') || ' ' || encode(??, 'hex')` : '??::text';
    const bindings = type === 'bytea' ? [column, column, table] : [column, table];
    const found = await knex.raw<{ rows: { text: string | null }[] }>(
      `SELECT string_agg(${plain}, E'\\n') AS text FROM ??`,
      bindings,
    );
    places[`${table}.${column}`] = found.rows[0]?.text ?? '';
  }
  return places;
}

/** How a secret may look: as it is, and in the usual coats. */
const coatsOf = (secret: string): readonly string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('hex'),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
];

/** The places where one of some secrets is. It names no secret, as it may be printed. */
export const placesWith = (places: Places, secrets: readonly string[]): string[] =>
  Object.entries(places).flatMap(([place, text]) =>
    secrets.flatMap((secret, n) =>
      coatsOf(secret).some((coat) => text.includes(coat)) ? [`${place}: secret ${n}`] : [],
    ),
  );
