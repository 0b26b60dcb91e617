import { setTimeout as sleep } from 'node:timers/promises';
import type { JobRow } from '../../../store/jobs';
import { createIxapiSite, type IxapiSite } from '../../helpers/ixapi-site';

let site: IxapiSite;

beforeAll(async () => {
  site = await createIxapiSite();
});

afterAll(() => site.close());

async function until(is: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; !(await is());) {
    if (Date.now() > deadline) throw new Error('it did not come to pass in time');
    await sleep(50);
  }
}

const resultOf = (job: Record<string, unknown>): Record<string, unknown[]> => job['result'] as never;

test('a refresh reads what the exchange shows, and its answer says which LAN is ours', async () => {
  const job = await site.refresh();
  expect(job).toMatchObject({ status: 'completed', result: { superseded: false } });
  const shown = (await site.shown()) as { version: string; network_services: { match: { matched: boolean } }[] };
  expect(shown.version).toBe('2.7.1');
  expect(shown.network_services.filter(({ match }) => match.matched)).toHaveLength(1);
});

test('one config becomes a connection, once, however often it is imported', async () => {
  const { production } = site.fake.state.cases();
  const first = resultOf(await site.import({ network_service_config: production }));
  expect(first['create']).toHaveLength(1);
  const [made] = await site.connections();
  expect(made).toMatchObject({ ixapi_network_service_config: production, mode: 'lag_lacp', status: 'enabled' });
  const second = resultOf(await site.import({ network_service_config: production }));
  expect(second).toMatchObject({ create: [], link: [], update: [], skip: [{ network_service_config: production }] });
  expect(await site.connections()).toEqual([made]);
});

test('a config without addresses is followed, and imported when it has them', async () => {
  const { requested } = site.fake.state.cases();
  const asked = resultOf(await site.import({ network_service_config: requested }));
  expect(asked).toMatchObject({ create: [], following: [requested] });
  await sleep(500);
  site.fake.state.allocate(requested!);
  const has = async (): Promise<boolean> =>
    (await site.connections()).some((one) => one['ixapi_network_service_config'] === requested);
  await until(has);
  await until(async () => {
    const job = await site.knex<JobRow>('core_job').where({ type: 'ixapi-follow' }).orderBy('created', 'desc').first();
    return job?.status === 'completed' && (job.result as { create: unknown[] }).create.length === 1;
  });
});
