import { OBJECT_TAGS, OBJECTS, type ObjectTag } from '../../store/peeringdb/objects';
import type { FakePeeringdb } from '../fakes/peeringdb/server';
import type { Row } from '../fakes/peeringdb/store';
import type { Identity } from '../fakes/peeringdb/visibility';
import type { Product } from './product';

interface Page {
  readonly count: number;
  readonly results: Row[];
}

/** A row of the quarantine, as the API lists it. */
export interface Quarantined {
  readonly object: ObjectTag;
  readonly peeringdb_id: number | null;
  readonly reason: string;
  readonly data: Row;
}

/** How many rows were compared. */
export interface Compared {
  readonly published: number;
  readonly quarantined: readonly Quarantined[];
  /** The synchronisation that every list said it is of. */
  readonly synchronisation: string;
}

/** Keys in order and no nulls, so that equal rows are the same text. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, field]) => [key, canonical(field)]));
}

const textOf = (row: Row): string => JSON.stringify(canonical(row));

/** All rows of a list, page by page, and the snapshots that the pages name. */
async function listAll(product: Product, path: string, snapshots: Set<string>): Promise<Row[]> {
  const rows: Row[] = [];
  for (let count = Infinity; rows.length < count;) {
    const { status, body, headers } = await product.get<Page>(`${path}?limit=1000&offset=${rows.length}`);
    if (status !== 200) throw new Error(`${path} answers ${status}: ${JSON.stringify(body)}`);
    const snapshot = headers.get('x-peeringdb-synchronisation');
    if (snapshot !== null) snapshots.add(snapshot);
    rows.push(...body.results);
    count = body.results.length === 0 ? rows.length : body.count;
  }
  return rows;
}

/** The rows that wait in quarantine. */
export const listQuarantine = async (product: Product): Promise<Quarantined[]> =>
  (await listAll(product, '/api/peeringdb/quarantine/', new Set())) as unknown as Quarantined[];

/**
 * Asks the API for every row of all 13 types, and for the quarantine, and compares them with what upstream holds, field
 * by field. Throws with the first difference.
 */
export async function compareWithUpstream(
  product: Product,
  { state }: FakePeeringdb,
  identity: Identity = 'anonymous',
): Promise<Compared> {
  const quarantined = await listQuarantine(product);
  const snapshots = new Set<string>();
  let published = 0;
  for (const tag of OBJECT_TAGS) {
    const here = await listAll(product, `/api/peeringdb/${OBJECTS[tag].path}/`, snapshots);
    published += here.length;
    const waiting = quarantined.filter(({ object }) => object === tag).map(({ data }) => data);
    const ours = new Set([...here, ...waiting].map(textOf));
    const theirs = state.liveRows(tag, identity).map(textOf);
    const missing = theirs.find((row) => !ours.delete(row));
    const [surplus] = ours;
    if (missing !== undefined || surplus !== undefined) {
      throw new Error(`${tag} differs: upstream has ${missing ?? 'no more'}, here is ${surplus ?? 'no more'}`);
    }
  }
  if (snapshots.size !== 1) throw new Error(`the lists name the snapshots ${[...snapshots].join(', ')}: expected one`);
  return { published, quarantined, synchronisation: [...snapshots][0] ?? '' };
}
