import type { Knex } from 'knex';
import { toJsonb } from '../json';
import { followPeeringdb, type FollowedAs } from './follow';
import { renewHiddenPeers, renewLinks } from './links';

/** What a publication changed of own records. */
export interface Renewed {
  /** Connections, exchanges and hidden peers that are linked otherwise now. */
  readonly links: number;
  readonly autonomous_systems: readonly FollowedAs[];
}

/**
 * Brings own records up to the published snapshot, and keeps what changed with the synchronisation that published it.
 * Done once for each: asked again, it tells what it did the first time.
 */
export function renewRecords(knex: Knex, synchronisation: number, now: Date): Promise<Renewed> {
  return knex.transaction(async (trx) => {
    const sync = await trx<{ id: number; records: Renewed | null }>('peeringdb_synchronisation')
      .where({ id: synchronisation })
      .forUpdate()
      .first('records');
    if (sync?.records) return sync.records;
    const links = (await renewLinks(trx)) + (await renewHiddenPeers(trx));
    const renewed: Renewed = { links, autonomous_systems: await followPeeringdb(trx, now) };
    await trx('peeringdb_synchronisation')
      .where({ id: synchronisation })
      .update({ records: toJsonb(renewed) });
    return renewed;
  });
}
