import { forgetShown } from '../../../store/ixapi/object/unlink';
import { ixapiImportWorkflowId } from '../../../workflows/ixapi/messages';
import { createIxapiSite, type IxapiSite } from '../../helpers/ixapi-site';
import { until } from '../../helpers/processes';

/** Activities whose answer was lost after their work was done, in their order. */
const lost: string[] = [];
let isLosing = false;

const STEPS = ['startJob', 'readObject', 'importConfigs', 'compareSources', 'closeImport'];

let site: IxapiSite;
beforeAll(async () => {
  site = await createIxapiSite({
    durations: { backoff_seconds: 0.1, follow_seconds: 1, follow_at_most_seconds: 1 },
    around: async (name, work) => {
      const done = await work();
      if (isLosing && !lost.includes(name)) {
        lost.push(name);
        throw new Error(`the answer of ${name} is lost`);
      }
      return done;
    },
  });
});
afterAll(() => site.close());

test('a refresh of an object that got another address meanwhile fails, and shows nothing of either', async () => {
  site.fake.faults.add({ path: '/facilities' }, { kind: 'delay', milliseconds: 1_000 });
  site.fake.log.clear();
  const id = await site.begin('refresh');
  await until(() => site.fake.log.counts()['GET /facilities'] === 1);
  const object = { api_url: 'https://elsewhere.example.net/api/v2', api_key: 'another' };
  await site.knex.transaction((trx) => forgetShown(trx, site.ixApi, object));
  await until(async () => (await site.job(id))['status'] === 'failed');
  expect(await site.job(id)).toMatchObject({ error: { type: 'IXAPI_CHANGED', upstream: false } });
  expect(await site.knex('ixapi_object')).toEqual([]);
});

test('an import comes out the same where each of its steps is done twice, with the result of the first', async () => {
  const { production, requested } = site.fake.state.cases();
  const planned = (await site.import({ dry_run: true }))['result'] as { create: { network_service_config: string }[] };
  lost.splice(0);
  isLosing = true;
  const job = await site.import();
  expect(lost).toEqual(expect.arrayContaining(STEPS));
  const { create } = job['result'] as typeof planned;
  const ids = (list: typeof create): string[] => list.map((one) => one.network_service_config);
  expect(ids(create)).toEqual(ids(planned.create));
  const connections = await site.connections();
  expect(connections.map((one) => one['ixapi_network_service_config']).sort()).toEqual(ids(create).sort());
  expect(ids(create)).toContain(production);

  // Following does its own step twice.
  site.fake.state.allocate(requested!);
  await until(async () => (await site.connections()).length === connections.length + 1, 30_000);
  await until(() => lost.includes('importFollowed'));
  isLosing = false;
  const { skip } = (await site.import())['result'] as { skip: unknown[] };
  expect(skip.length).toBeGreaterThan(connections.length);
  expect(await site.connections()).toHaveLength(connections.length + 1);
  await site.temporal.client.workflow.getHandle(ixapiImportWorkflowId(site.exchange)).result();
});
