import { createIxapiSite, type IxapiSite } from '../../helpers/ixapi-site';
import { recordHistory } from '../../helpers/worker-histories';
import { ixapiImportWorkflowId } from '../../../workflows/ixapi/messages';

let site: IxapiSite;
beforeAll(async () => {
  site = await createIxapiSite({ durations: { follow_seconds: 60 } });
});
afterAll(() => site.close());

const CREATED = [
  ...['allocated', 'change-pending', 'decommission-requested', 'ipv4-only', 'ipv6-only', 'old-mac', 'production'],
  ...['qinq', 'rate-limited', 'testing', 'untagged', 'upper-case-mac'],
];
const FOLLOWED = ['expired-ips', 'future-ips', 'requested', 'scheduled'];
const LEFT = ['archived', 'decommissioned', 'error', 'operator', 'routing-function', 'sub-account'];

/** The result of a job, with the names of the cases in the place of ids. */
function namesIn({ result }: Record<string, unknown>): Record<string, string[]> {
  const names = new Map(Object.entries(site.fake.state.cases()).map(([name, id]) => [id, name]));
  const nameOf = (one: string | { network_service_config: string }): string => {
    const id = typeof one === 'string' ? one : one.network_service_config;
    return names.get(id) ?? id;
  };
  const lists = Object.entries(result as Record<string, string[]>);
  return Object.fromEntries(
    lists.map(([name, list]) => [
      name,
      list
        .map(nameOf)
        .filter((one) => !/^plain/.test(one))
        .sort(),
    ]),
  );
}

const reasonOf = ({ result }: Record<string, unknown>, name: string): string | undefined => {
  const { skip } = result as { skip: { network_service_config: string; reason: string }[] };
  return skip.find((one) => one.network_service_config === site.fake.state.cases()[name])?.reason;
};

const PLAN = { create: CREATED, link: [], update: [], skip: [...FOLLOWED, ...LEFT].sort(), following: FOLLOWED };

test('a dry run of all configs says what becomes of each, makes nothing and follows nothing', async () => {
  const job = await site.import({ dry_run: true });
  expect(namesIn(job)).toEqual(PLAN);
  expect(await site.connections()).toEqual([]);
  expect(await site.knex('ixapi_follow')).toEqual([]);
  expect(await site.knex('core_job').where({ type: 'ixapi-follow' })).toEqual([]);
});

test('a config whose address another connection of ours has is left alone, and the others are not', async () => {
  const { untagged } = site.fake.state.cases();
  const ips = site.fake.state.row('network-service-configs', untagged!)['ips'] as string[];
  const [ipv4, ipv6] = ips.map((id) => (site.fake.state.row('ips', id) as unknown as { address: string }).address);
  const here = { internet_exchange_point: site.exchange };
  for (const mine of [{ ipv4_address: `${ipv4}/20` }, { ipv6_address: `${ipv6}/64` }])
    expect(await site.api.post('/api/net/connections/', { ...here, ...mine })).toMatchObject({ status: 201 });
  const job = await site.import();
  const others = CREATED.filter((name) => name !== 'untagged');
  expect(namesIn(job)).toEqual({ ...PLAN, create: others, skip: [...PLAN.skip, 'untagged'].sort() });
  expect(reasonOf(job, 'untagged')).toContain(`its address ${ipv6} is that of connection`);
  const made = (await site.connections()).filter((one) => one['ixapi_network_service_config'] !== null);
  expect(made).toHaveLength(others.length);
  await recordHistory('ixapi-import', site.temporal.client.workflow.getHandle(ixapiImportWorkflowId(site.exchange)));
});

test('the same import again changes nothing, while what waits goes on being followed', async () => {
  const before = await site.connections();
  const job = await site.import();
  expect(namesIn(job)).toMatchObject({ create: [], link: [], update: [], following: FOLLOWED });
  expect(await site.connections()).toEqual(before);
  const follows = await site.knex('core_job').where({ type: 'ixapi-follow' });
  expect(follows).toMatchObject([{ status: expect.stringMatching(/running|waiting/) }]);
});

test('what changed at the exchange is changed here by the next import, and by no refresh', async () => {
  const { production } = site.fake.state.cases();
  site.fake.state.update('network-service-configs', production!, { vlan_config: { vlan_type: 'dot1q', vlan: 77 } });
  const vlan = async (): Promise<unknown> =>
    (await site.connections()).find((one) => one['ixapi_network_service_config'] === production)?.['vlan'];
  const old = await vlan();
  await site.refresh();
  expect(await vlan()).toBe(old);
  expect(namesIn(await site.import({ network_service_config: production }))).toMatchObject({ update: ['production'] });
  expect(await vlan()).toBe(77);
});
