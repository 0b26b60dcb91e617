import type { Knex } from 'knex';
import { importPorts } from '../../store/peering/import';
import { createSessions } from '../../store/peering/new-sessions';
import { AUTONOMOUS_SYSTEM } from '../../store/peering/tables';
import { insertRecord } from '../../store/records';

const NOW = new Date('2026-01-02T03:04:05Z');

/** A number from 0 to below 1 that looks random and is always the same for an `i`. */
const RANDOM = '((hashint4(i) & 2147483647) / 2147483648.0)';
const CACHED = (tag: string, columns: string, select: string): string =>
  `INSERT INTO peeringdb_${tag} (${columns}, created, updated) SELECT ${select.replace(/ FROM /, ', now(), now() FROM ')}`;

/** Half as large as PeeringDB. As there, few exchanges have most of the ports, and network 1 is at 40 of the largest. */
const CACHE = [
  CACHED('org', 'id, name', "i, 'Org ' || i FROM generate_series(1, 20000) i"),
  CACHED('net', 'id, org_id, asn, name, notes', "i, i, 100000 + i, 'Network ' || i, repeat('note ', 100) FROM generate_series(1, 20000) i"),
  CACHED('poc', 'id, net_id, role', "i, 1 + i % 20000, 'NOC' FROM generate_series(1, 20000) i"),
  CACHED('fac', 'id, org_id, name', "i, i, 'Facility ' || i FROM generate_series(1, 3000) i"),
  CACHED('netfac', 'id, net_id, fac_id', `i, 1 + i % 20000, 1 + floor(3000 * ${RANDOM}) FROM generate_series(1, 40000) i`),
  CACHED('ix', 'id, org_id, name', "i, i, 'Exchange ' || i FROM generate_series(1, 800) i"),
  CACHED('ixlan', 'id, ix_id', 'i, i FROM generate_series(1, 800) i'),
  CACHED('ixpfx', 'id, ixlan_id, prefix', `
    2 * i + v6, i, CASE v6 WHEN 0 THEN set_masklen('10.0.0.0'::inet + i * 4096, 20)
      ELSE set_masklen('2001:db8::'::inet + i * 65536, 112) END
    FROM generate_series(1, 800) i, generate_series(0, 1) v6`),
  CACHED('netixlan', 'id, net_id, asn, ixlan_id, operational, ipaddr4, ipaddr6', `
    i, net, 100000 + net, lan, i % 20 > 0, '10.0.0.0'::inet + lan * 4096 + host, '2001:db8::'::inet + lan * 65536 + host
    FROM (
      SELECT i, net, lan, row_number() OVER (PARTITION BY lan ORDER BY i) AS host FROM (
        SELECT i, CASE WHEN i % 750 = 0 THEN 1 ELSE 2 + i % 19999 END AS net,
          CASE WHEN i % 750 = 0 THEN i / 750 ELSE 1 + floor(800 * ${RANDOM} ^ 2) END::integer AS lan
        FROM generate_series(1, 30000) i
      ) AS placed
    ) AS numbered`),
]; // prettier-ignore

async function fillCache(knex: Knex): Promise<void> {
  for (const statement of CACHE) await knex.raw(statement);
  await knex.raw(`
    INSERT INTO peeringdb_synchronisation (job_id, mode, status, identity, started)
    VALUES ('00000000-0000-4000-8000-000000000001', 'full', 'completed', 'anonymous', now())`);
  await knex.raw('UPDATE peeringdb_state SET snapshot = (SELECT max(id) FROM peeringdb_synchronisation)');
}

/** Our own autonomous system, with a connection for each of its ports. */
async function becomeNetwork(knex: Knex, asn: number): Promise<{ id: number; asn: number }> {
  const follows = ['name', 'irr_as_set', 'ipv4_max_prefixes', 'ipv6_max_prefixes'];
  const flags = Object.fromEntries(follows.map((field) => [`${field}_peeringdb_sync`, true]));
  const texts = { description: '', irr_as_set: '', comments: '' };
  const id = await insertRecord(
    knex,
    AUTONOMOUS_SYSTEM,
    { asn, name: 'Ours', affiliated: true, ...flags, ...texts },
    NOW,
  );
  await knex.transaction((trx) => importPorts(trx, { id, asn }, { dryRun: false, now: NOW }));
  return { id, asn };
}

/**
 * Fills empty tables so that reading one of the cache's whole is dearer than following an index, with 40 connections of
 * our own, sessions and hidden peers; what PostgreSQL estimates by is up to date. Our own autonomous system.
 */
export async function fillLargeCache(knex: Knex): Promise<{ id: number; asn: number }> {
  await fillCache(knex);
  await knex.raw('ANALYZE');
  const own = await becomeNetwork(knex, 100_001);
  const netixlanIds = Array.from({ length: 100 }, (_, i) => 1000 + i);
  await knex.transaction((trx) => createSessions(trx, { netixlanIds, dryRun: false, now: NOW }));
  await knex.raw(`
    INSERT INTO peeringdb_hidden_peer (peeringdb_network, peeringdb_ixlan)
    SELECT net_id, ixlan_id FROM peeringdb_netixlan WHERE id BETWEEN 2000 AND 2020 ON CONFLICT DO NOTHING`);
  await knex.raw('ANALYZE');
  return own;
}
