import type { PoolClient } from 'pg';
import { bind, type Parameters } from '../sql';
import { RANK } from './bodies';
import type { Counts } from './counts';
import { OBJECT_TAGS, OBJECTS, type ObjectTag, type PeeringdbObject } from './objects';
import { first, planFor, rows } from './statements';
import * as sql from './publish-sql';

/** Thrown when staged rows were lost with a crash of PostgreSQL: they have to be staged again from their bodies. */
export class StagingLostError extends Error {
  override readonly name = 'StagingLostError';
}

interface BodyRow {
  readonly id: number;
  readonly tag: ObjectTag;
  readonly part: string;
  readonly rank: number;
  readonly staged: boolean;
  readonly rows: number;
  readonly newest: string | null;
  readonly generated: string | null;
}

interface ObjectRow {
  readonly tag: ObjectTag;
  readonly row_count: number;
  readonly list_generated: string | null;
}

/** What the work on one type needs to know. */
export interface TypeWork {
  readonly object: PeeringdbObject;
  readonly before: number;
  readonly bodies: readonly BodyRow[];
  /** The whole list to compare with, if there is one that is not older than the one compared last. */
  readonly list: { readonly generated: string } | undefined;
  readonly parameters: Parameters;
}

/** By type, how many rows a list leaves out of how many. */
export type Removals = Readonly<Partial<Record<ObjectTag, { readonly removed: number; readonly of: number }>>>;

/** What is planned from: the synchronisation, its time, and how it compares. */
export interface Comparison {
  readonly synchronisation: number;
  readonly now: Date;
  readonly flush: boolean;
  /** Whether the client sees less than the one that filled the cache. */
  readonly weaker: boolean;
}

const BODIES = `
  SELECT b.id, b.tag, b.part, b.rank, s.body IS NOT NULL AS staged, coalesce(s.rows, 0) AS rows, s.newest, s.generated
  FROM peeringdb_body b LEFT JOIN peeringdb_staged s ON s.body = b.id WHERE b.synchronisation = $1 AND b.complete`;

/** The newest instant a list speaks for: when it was written, or where it does not say, its newest row. */
const ageOf = (list: BodyRow | undefined): string | null => list?.generated ?? list?.newest ?? null;

/** What each type has to be compared with. Throws {@link StagingLostError}. */
export async function planTypes(
  client: PoolClient,
  { synchronisation, now, flush, weaker }: Comparison,
): Promise<TypeWork[]> {
  const bodies = await rows<BodyRow>(client, BODIES, [synchronisation]);
  if (bodies.some((body) => !body.staged)) throw new StagingLostError('staged rows are missing');
  const objects = await rows<ObjectRow>(client, 'SELECT tag, row_count, list_generated FROM peeringdb_object');
  return OBJECT_TAGS.map((tag) => {
    const known = first(
      objects.filter((row) => row.tag === tag),
      `peeringdb_object ${tag}`,
    );
    const age = ageOf(bodies.find((body) => body.tag === tag && body.rank === RANK.list));
    const outdated =
      !flush && age !== null && known.list_generated !== null && Date.parse(age) < Date.parse(known.list_generated);
    const own = bodies.filter((body) => body.tag === tag && !(outdated && body.rank === RANK.list));
    return {
      object: OBJECTS[tag],
      before: flush ? 0 : known.row_count,
      bodies: own,
      list: age === null || outdated || flush ? undefined : { generated: age },
      parameters: {
        bodies: own.map((body) => body.id),
        now: now.toISOString(),
        synchronisation,
        generated: age,
        weaker,
      },
    };
  });
}

/** The types whose lists leave out more than the guard allows. */
export async function overGuard(client: PoolClient, types: readonly TypeWork[], guard: number): Promise<Removals> {
  const removals: Partial<Record<ObjectTag, { removed: number; of: number }>> = {};
  await planFor(client, 'lists');
  for (const { object, before, list, parameters } of types) {
    if (list === undefined || before === 0) continue;
    const counted = await client.query<{ absent: number }>(bind(sql.countAbsent(object), parameters));
    const absent = counted.rows[0]?.absent ?? 0;
    if (absent > before * guard) removals[object.tag] = { removed: absent, of: before };
  }
  return removals;
}

/** Where the next incremental synchronisation goes on. Parents asked for by id say nothing of what lies before them. */
function newestOf(type: TypeWork): string | null {
  const times = type.bodies
    .filter((body) => (body.part === 'since' || body.part === 'list') && body.newest !== null)
    .map((body) => body.newest as string);
  return times.sort((a, b) => Date.parse(b) - Date.parse(a))[0] ?? null;
}

/** Keeps what the next synchronisation begins with. */
export async function remember(client: PoolClient, type: TypeWork, counts: Counts, flush: boolean): Promise<void> {
  await client.query(
    `UPDATE peeringdb_object SET row_count = $2,
       cursor = CASE WHEN $5 THEN $3::timestamptz ELSE GREATEST(cursor, $3) END,
       list_generated = CASE WHEN $5 THEN $4::timestamptz ELSE GREATEST(list_generated, $4) END
     WHERE tag = $1`,
    [
      type.object.tag,
      type.before + counts.created - counts.deleted,
      newestOf(type),
      ageOf(type.bodies.find((body) => body.rank === RANK.list)),
      flush,
    ],
  );
}
