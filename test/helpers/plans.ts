import type { Knex } from 'knex';
import { withClient } from '../../store/client';

/** What is asked of PostgreSQL, with `$1` for the first value. */
interface Statement {
  readonly sql: string;
  readonly bindings: readonly unknown[];
}

/** A node of a plan, as `EXPLAIN (FORMAT JSON)` tells it. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

const HAS_PLAN = /^\s*(select|with|insert|update|delete)\b/i;

/** The statements with a plan that `work` sends. What it changes is rolled back. */
export async function statementsOf(
  knex: Knex,
  work: (trx: Knex.Transaction) => Promise<unknown>,
): Promise<Statement[]> {
  const statements: Statement[] = [];
  const trx = await knex.transaction();
  trx.on('query', ({ sql, bindings }: Statement) => statements.push({ sql, bindings }));
  try {
    await work(trx);
  } finally {
    await trx.rollback();
  }
  return statements.filter(({ sql }) => HAS_PLAN.test(sql));
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** A scan of a table that goes through all of it: in its own order, or in that of an index without a condition on it. */
const isWhole = (node: PlanNode): boolean =>
  node['Node Type'] === 'Seq Scan' ||
  (/^Index( Only)? Scan/.test(node['Node Type']) && node['Index Cond'] === undefined);

/** Which of these tables a statement's plan reads whole. */
export async function readWhole(
  knex: Knex,
  { sql, bindings }: Statement,
  tables: readonly string[],
): Promise<string[]> {
  const { rows } = await withClient(knex, (client) =>
    client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`EXPLAIN (FORMAT JSON) ${sql}`, [...bindings]),
  );
  return nodesOf(rows[0]!['QUERY PLAN'][0].Plan)
    .filter(isWhole)
    .flatMap((node) => node['Relation Name'] ?? [])
    .filter((table) => tables.includes(table));
}
