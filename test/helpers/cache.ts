import type { Knex } from 'knex';

const TIME = '2026-01-02T03:04:05Z';

/** A few rows of the cache, and a snapshot that they are. */
export async function fillCache(knex: Knex): Promise<void> {
  const [sync] = await knex('peeringdb_synchronisation')
    .insert({
      job_id: '00000000-0000-4000-8000-000000000001',
      ...{ mode: 'full', status: 'completed', identity: 'anonymous', started: TIME, finished: TIME },
    })
    .returning('id');
  const times = { created: TIME, updated: TIME };
  await knex('peeringdb_org').insert([{ id: 1, name: 'Example Org', ...times }]);
  await knex('peeringdb_net').insert([
    {
      ...{ id: 10, org_id: 1, name: 'Alpha 100%', asn: 64500, info_types: JSON.stringify(['NSP', 'Content']) },
      ...{ info_unicast: true, irr_as_set: 'AS-ALPHA', extra: JSON.stringify({ novelty: 7 }), ...times },
    },
    { id: 11, org_id: 1, name: 'Beta_Net', asn: 4200000000, info_types: '[]', info_unicast: false, ...times },
    {
      id: 12,
      org_id: 1,
      name: 'gamma',
      asn: 64501,
      aka: '',
      notes: 'quite',
      ...times,
      updated: '2026-02-02T00:00:00Z',
    },
  ]);
  await knex('peeringdb_ix').insert([{ id: 20, org_id: 1, name: 'Example IX', ...times }]);
  await knex('peeringdb_ixlan').insert([{ id: 20, ix_id: 20, ...times }]);
  await knex('peeringdb_ixpfx').insert([{ id: 30, ixlan_id: 20, protocol: 'IPv4', prefix: '192.0.2.0/24', ...times }]);
  await knex('peeringdb_netixlan').insert([
    {
      id: 40,
      net_id: 10,
      ix_id: 20,
      ixlan_id: 20,
      asn: 64500,
      ipaddr4: '192.0.2.1',
      ipaddr6: '2001:db8::1',
      speed: 10000,
      operational: true,
      ...times,
    },
    {
      id: 41,
      net_id: 11,
      ix_id: 20,
      ixlan_id: 20,
      asn: 4200000000,
      ipaddr4: '192.0.2.11',
      speed: 1000,
      operational: true,
      ...times,
    },
  ]);
  await knex('peeringdb_poc').insert([
    { id: 50, net_id: 10, role: 'NOC', email: 'noc@example.net', ...times },
    { id: 51, net_id: 11, role: 'NOC', unconfirmed_since: TIME, ...times },
  ]);
  await knex('peeringdb_state').update({ snapshot: sync.id, published: TIME, identity: 'anonymous' });
}
