import { connectionsWithDevices, keepPort, portsAt } from '../../../store/ixapi/netbox-ports';
import { createDriftSite, NOW, type DriftSite } from '../../helpers/drift-site';

let site: DriftSite;
beforeEach(async () => {
  site = await createDriftSite();
});
afterEach(() => site.close());

const LATER = new Date(NOW.getTime() + 60_000);
const PORT = {
  ...{ interface: 'ae1.100', enabled: true, mac_address: null, speed: null, vlan: 100 },
  ...{ ipv4_address: '192.0.2.1/24', ipv6_address: null },
};
const at = async () => [...(await portsAt(site.knex, site.exchange))];

test('connections are found whose routers are devices, with their addresses', async () => {
  const { knex, ixApi, connection, router } = site;
  expect(await connectionsWithDevices(knex, ixApi)).toEqual([
    { connection, netbox_device_id: 7, ipv4_address: '192.0.2.1/24', ipv6_address: '2001:db8::1/64' },
  ]);
  expect(await connectionsWithDevices(knex, ixApi + 1)).toEqual([]);
  await knex('devices_router').where({ id: router }).update({ netbox_device_id: null, state: 'local' });
  expect(await connectionsWithDevices(knex, ixApi)).toEqual([]);
});

test('the newest look at a router decides what is kept of its interface', async () => {
  const { knex, connection } = site;
  await keepPort(knex, connection, PORT, NOW);
  expect(await at()).toEqual([[connection, { port: PORT, read_at: '2026-03-01T12:00:00Z' }]]);
  await keepPort(knex, connection, null, LATER);
  await keepPort(knex, connection, PORT, NOW);
  expect(await at()).toEqual([[connection, { port: null, read_at: '2026-03-01T12:01:00Z' }]]);
});

test('nothing is kept for a connection that is gone, or shown for a router that left NetBox', async () => {
  const { knex, connection, router } = site;
  await keepPort(knex, connection + 1, PORT, NOW);
  await keepPort(knex, connection, PORT, NOW);
  expect(await knex('ixapi_netbox_port')).toHaveLength(1);
  await knex('devices_router').where({ id: router }).update({ netbox_device_id: null, state: 'local' });
  expect(await at()).toEqual([]);
});
