import type { Knex } from 'knex';
import { transact } from '../../transact';
import { compareSources } from './differences';
import { comparedOf, renewComparison } from './compared';
import { keepDrift, lockDrift, type DriftTelling } from './keep';
import { readSources } from './sources';
import type { Sources } from './subjects';
import type { SourceTimes } from './write';
import { findLinkedExchange, linkedExchanges, type LinkedExchange } from '../exchange';
import { readWorld, stateOf, type World } from '../world';

/** Compares the sources of exchanges, and keeps where they differ. */

/** So often is read again what another reading replaced meanwhile. */
const TRIES = 5;

/** What one reading saw. Each statement sees what is there when it begins: it must not wait with an old snapshot. */
async function readWhole(trx: Knex, exchange: LinkedExchange): Promise<World> {
  for (let tries = 1; ; tries++) {
    const world = await readWorld(trx, exchange);
    const before = await stateOf(trx, exchange.ix_api);
    if (before?.reading === world.state?.reading || tries === TRIES) return world;
  }
}

const timesOf = ({ state, local }: World, { peeringdb_at, ports }: Sources): SourceTimes => ({
  ixapi_at: state?.fetched_at ?? null,
  peeringdb_at,
  local_at: new Map(local.map(({ id, last_updated }) => [id, last_updated])),
  netbox_at: new Map([...ports].map(([connection, { read_at }]) => [connection, read_at])),
});

/** How many differences there are; none, and nothing is changed, where the exchange is linked or read no more. */
async function compareExchange(trx: Knex, id: number, telling: DriftTelling): Promise<number> {
  await lockDrift(trx, id);
  const exchange = await findLinkedExchange(trx, id);
  if (exchange === undefined) return 0;
  const { events, who } = telling;
  const before = await comparedOf(trx, exchange, { events, now: who.now });
  if (before === undefined) return 0;
  const renewed = await renewComparison(trx, id, before, who.now);
  if (renewed !== undefined) return renewed;
  const world = await readWhole(trx, exchange);
  const sources = await readSources(trx, world, who.now);
  const times = { ...timesOf(world, sources), compared: before.compared };
  return keepDrift(trx, exchange, compareSources(world, sources), times, telling);
}

/** Compares the sources of all exchanges of an IX-API object, each in its own transaction; how many differences there are. */
export async function compareExchanges(knex: Knex, ix_api: number, telling: DriftTelling): Promise<number> {
  let count = 0;
  for (const { id } of await linkedExchanges(knex, ix_api))
    count += await transact(knex, (trx) => compareExchange(trx, id, telling));
  return count;
}
