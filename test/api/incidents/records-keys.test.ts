import { setTimeout as sleep } from 'node:timers/promises';
import { INCIDENTS, senderOf, SERVICES } from '../../helpers/incident-records';
import { createIncidentSite, type IncidentSite } from '../../helpers/incident-site';
import { make } from '../../helpers/peering';
import { FAKE_ROUTING_KEY } from '../../fakes/pagerduty/keys';

let site: IncidentSite;

beforeAll(async () => {
  site = await createIncidentSite({ routingKey: null });
});
afterAll(() => site.close());

test('without PAGERDUTY_ROUTING_KEY a page waits for the routing key of its service', async () => {
  const service = await make(site.api, SERVICES, { name: 'transit' });
  const incident = await make(site.api, INCIDENTS, { title: 'down', affected_services: [service] });
  const key = `netbox-incident-${incident}`;
  const isHeld = async () => (await site.api.get(`${INCIDENTS}${incident}/`).expect(200)).body.alert.held as boolean;
  for (let turn = 0; turn < 500 && !(await isHeld()); turn += 1) await sleep(20);
  await senderOf(site.api)('patch', `${SERVICES}${service}/`, { routing_key: FAKE_ROUTING_KEY }).expect(200);
  await site.settled();
  expect(site.told(key)).toEqual(['trigger']);
});
