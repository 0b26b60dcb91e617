import type { Knex } from 'knex';
import { OBJECTS } from './objects';

/** What an own record of a hidden peer says: a network that is not to be shown among an exchange's available peers. */
export interface HiddenPeer {
  readonly peeringdb_network: number;
  readonly peeringdb_ixlan: number;
  /** Until when; null for ever. ISO 8601. */
  readonly until: string | null;
  readonly comments: string;
}

/** Thrown when this network is hidden at this exchange already. */
export class HiddenPeerExistsError extends Error {
  override readonly name = 'HiddenPeerExistsError';
}

const TABLE = 'peeringdb_hidden_peer';
const UNIQUE_VIOLATION = '23505';

async function unlessTaken<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION) {
      throw new HiddenPeerExistsError('this network is hidden at this ixlan already', { cause: error });
    }
    throw error;
  }
}

/** Hides a peer; the id of the record. Throws {@link HiddenPeerExistsError}. */
export async function createHiddenPeer(knex: Knex, peer: HiddenPeer, now: Date): Promise<number> {
  const time = now.toISOString();
  const insert = knex(TABLE).insert({ ...peer, created: time, last_updated: time });
  const [row] = await unlessTaken(insert.returning<{ id: number }[]>('id'));
  if (!row) throw new Error('an inserted hidden peer has no row');
  return row.id;
}

/** Changes some fields; whether there is such a record. Throws {@link HiddenPeerExistsError}. */
export async function updateHiddenPeer(knex: Knex, id: number, peer: Partial<HiddenPeer>, now: Date): Promise<boolean> {
  const update = knex(TABLE)
    .where({ id })
    .update({ ...peer, last_updated: now.toISOString() });
  return (await unlessTaken(update)) > 0;
}

/** Shows the peer again; whether there was such a record. */
export async function deleteHiddenPeer(knex: Knex, id: number): Promise<boolean> {
  return (await knex(TABLE).where({ id }).delete()) > 0;
}

/**
 * Which of the references of a hidden peer the cache does not know. An empty cache knows nothing and refuses nothing:
 * these are own records, which outlive a clearing.
 */
export async function unknownReferences(
  knex: Knex,
  { peeringdb_network, peeringdb_ixlan }: Partial<HiddenPeer>,
): Promise<('peeringdb_network' | 'peeringdb_ixlan')[]> {
  const state = await knex<{ snapshot: number | null }>('peeringdb_state').first('snapshot');
  if (state === undefined || state.snapshot === null) return [];
  const isUnknown = async (table: string, id: number | undefined): Promise<boolean> =>
    id !== undefined && (await knex(table).where({ id }).first('id')) === undefined;
  const network = await isUnknown(OBJECTS.net.table, peeringdb_network);
  const ixlan = await isUnknown(OBJECTS.ixlan.table, peeringdb_ixlan);
  return [...(network ? ['peeringdb_network' as const] : []), ...(ixlan ? ['peeringdb_ixlan' as const] : [])];
}
