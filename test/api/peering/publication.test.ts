import { noTemporal, createTestApi, type TestApi } from '../../helpers/api';
import { AUTONOMOUS_SYSTEMS, make } from '../../helpers/peering';
import { filledSitesOfEachTest, synchroniseDirectly } from '../../helpers/synchronise-directly';

const filled = filledSitesOfEachTest();
const PATH = '/api/peering/available-peers/';

/** Makes the network with the most ports our own, with all its connections. */
async function becomeLargest(api: TestApi): Promise<void> {
  const { body } = await api.get('/api/peeringdb/network-ixlans/?limit=1000&fields=asn').expect(200);
  const ports = new Map<number, number>();
  for (const { asn } of body.results as { asn: number }[]) ports.set(asn, (ports.get(asn) ?? 0) + 1);
  const [[asn] = [0]] = [...ports].sort(([, a], [, b]) => b - a);
  await make(api, AUTONOMOUS_SYSTEMS, { asn, name: 'Ours', affiliated: true });
  await api.post('/api/peering/internet-exchanges/peeringdb-import/', { asn }).expect(200);
}

test('pages that are read while a snapshot is published come whole from one snapshot each, and name it', async () => {
  const { site, activities } = await filled();
  const temporal = noTemporal();
  const api = createTestApi(site.knex, temporal);
  await becomeLargest(api);
  const counts = new Map<string, Set<number>>();
  let reading = true;
  const read = async (): Promise<void> => {
    for (let offset = 0; reading; offset = (offset + 5) % 20) {
      const { headers, body } = await api.get(`${PATH}?limit=5&offset=${offset}`).expect(200);
      const snapshot = String(headers['x-peeringdb-synchronisation']);
      counts.set(snapshot, (counts.get(snapshot) ?? new Set()).add(body.count as number));
    }
  };
  const readers = [read(), read()];
  for (let round = 0; round < 3; round += 1) {
    site.fake.clock.advance(3_600_000);
    site.fake.state.mutateShare(round, 0.2);
    await synchroniseDirectly(activities, 'incremental');
  }
  reading = false;
  await Promise.all(readers);
  await temporal.close();
  expect(counts.size).toBeGreaterThan(1);
  expect([...counts.values()].map((seen) => seen.size)).toEqual([...counts].map(() => 1));
  expect(Math.max(...[...counts.values()].flatMap((seen) => [...seen]))).toBeGreaterThan(5);
});
