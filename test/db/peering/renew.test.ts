import type { Knex } from 'knex';
import { renewRecords } from '../../../store/peering/renew';
import { findJob } from '../../../store/jobs';
import { clearCache } from '../../../store/peeringdb/empty';
import { filledSitesOfEachTest, synchroniseDirectly } from '../../helpers/synchronise-directly';
import type { Site } from '../../helpers/synchronise-site';

const filled = filledSitesOfEachTest();
const TIMES = { created: '2026-01-01T00:00:00Z', last_updated: '2026-01-01T00:00:00Z' };
const NOTES = { description: '', comments: '', ...TIMES };

async function insert(knex: Knex, table: string, values: object): Promise<number> {
  const [row] = await knex(table)
    .insert({ ...values, ...TIMES })
    .returning<{ id: number }[]>('id');
  return row!.id;
}

const addAs = (knex: Knex, asn: number, fields: object = {}): Promise<number> =>
  insert(knex, 'peering_autonomous_system', {
    ...{ asn, name: 'As typed', affiliated: false, irr_as_set: '', name_peeringdb_sync: true },
    ...{ irr_as_set_peeringdb_sync: true, ipv4_max_prefixes_peeringdb_sync: true },
    ...{ ipv6_max_prefixes_peeringdb_sync: true, ...NOTES, ...fields },
  });

/** One of upstream's ports as a connection of ours. */
async function ownPort({ fake, knex }: Site): Promise<{ port: Record<string, unknown>; connection: number }> {
  const { state } = fake;
  const id = state.ids('netixlan').find((candidate) => state.get('netixlan', candidate).ipaddr4 !== null)!;
  const port = state.get('netixlan', id);
  const local = await addAs(knex, port.asn as number, { affiliated: true });
  const exchange = await insert(knex, 'peering_internet_exchange', {
    ...{ name: 'Exchange', slug: 'exchange', status: 'enabled', ...NOTES },
    ...{ local_autonomous_system: local, peeringdb_ixlan: port.ixlan_id },
  });
  const connection = await insert(knex, 'net_connection', {
    ...{ internet_exchange_point: exchange, status: 'enabled', ...NOTES },
    ipv4_address: `${String(port.ipaddr4)}/24`,
  });
  return { port, connection };
}

const linkOf = async ({ knex }: Site): Promise<unknown[]> => {
  const row = await knex('net_connection').first('peeringdb_netixlan', 'peeringdb_state');
  return [row.peeringdb_netixlan, row.peeringdb_state];
};

test('links follow a port: linked, renumbered, vanished, and linked again', async () => {
  const { site, activities } = await filled();
  const { state, clock } = site.fake;
  const { port } = await ownPort(site);
  const id = port['id'] as number;
  const next = async () => {
    clock.advance(3_600_000);
    await synchroniseDirectly(activities, 'incremental');
    return linkOf(site);
  };
  expect(await next()).toEqual([id, 'linked']);
  state.update('netixlan', id, { ipaddr4: '203.0.113.77' });
  expect(await next()).toEqual([id, 'renumbered']);
  state.delete('netixlan', id);
  expect(await next()).toEqual([id, 'vanished']);
  state.undelete('netixlan', id);
  state.update('netixlan', id, { ipaddr4: port['ipaddr4'] });
  expect(await next()).toEqual([id, 'linked']);
});

test('what has not changed is not written', async () => {
  const { site, activities } = await filled();
  await ownPort(site);
  await synchroniseDirectly(activities, 'incremental');
  const before = await site.knex('net_connection').first('last_updated');
  site.fake.state.mutateShare(3, 0.05);
  site.fake.clock.advance(3_600_000);
  await synchroniseDirectly(activities, 'incremental');
  expect(await site.knex('net_connection').first('last_updated')).toEqual(before);
});

test('a clearing leaves links as they are', async () => {
  const { site, activities } = await filled();
  const { port } = await ownPort(site);
  await synchroniseDirectly(activities, 'incremental');
  await clearCache(site.knex, new Date());
  expect(await linkOf(site)).toEqual([port['id'], 'linked']);
});

test('autonomous systems follow their networks, and the job says what changed', async () => {
  const { site, activities } = await filled();
  const { state, clock } = site.fake;
  const net = state.ids('net')[0]!;
  const { asn } = state.get('net', net) as { asn: number };
  await addAs(site.knex, asn, { irr_as_set_peeringdb_sync: false });
  clock.advance(1000);
  state.update('net', net, { name: 'New name', irr_as_set: 'AS-NEW', info_prefixes4: 7, info_prefixes6: null });
  const { synchronisation } = await synchroniseDirectly(activities, 'incremental');
  const expected = {
    asn,
    changes: { name: { from: 'As typed', to: 'New name' }, ipv4_max_prefixes: { from: null, to: 7 } },
  };
  const { job_id, records } = await site.knex('peeringdb_synchronisation').where({ id: synchronisation }).first();
  expect(records.autonomous_systems).toEqual([expected]);
  expect((await findJob(site.knex, job_id))?.result).toMatchObject({ records: { autonomous_systems: [expected] } });
});

test('a renewal that is repeated tells what it did the first time', async () => {
  const { site, activities } = await filled();
  await ownPort(site);
  const { synchronisation } = await synchroniseDirectly(activities, 'incremental');
  const first = await renewRecords(site.knex, synchronisation, new Date());
  expect(first.links).toBe(1);
  await site.knex('net_connection').update({ peeringdb_netixlan: null, peeringdb_state: 'unlinked' });
  expect(await renewRecords(site.knex, synchronisation, new Date())).toEqual(first);
});

test('a hidden network that is re-created under another id stays hidden', async () => {
  const { site, activities } = await filled();
  const { state, clock } = site.fake;
  const net = state.ids('net')[1]!;
  await insert(site.knex, 'peeringdb_hidden_peer', { peeringdb_network: net, peeringdb_ixlan: 1 });
  await synchroniseDirectly(activities, 'incremental');
  clock.advance(3_600_000);
  const again = state.recreateNetwork(net);
  await synchroniseDirectly(activities, 'incremental');
  expect(again).not.toBe(net);
  expect(await site.knex('peeringdb_hidden_peer').pluck('peeringdb_network')).toEqual([again]);
});
