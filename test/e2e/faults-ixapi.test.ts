import { createRng } from '../fakes/peeringdb/rng';
import { createIxapiRig, type IxapiRig } from '../helpers/ixapi-rig';
import type { Victim } from '../helpers/kept-product';

/** Another seed kills at other steps: `FAULT_SEED=7 npx jest test/e2e/faults-ixapi`. */
const SEED = Number(process.env['FAULT_SEED'] ?? '1');
const VICTIMS: readonly Victim[] = ['product', 'postgres', 'temporal'];

jest.setTimeout(300_000);

let rig: IxapiRig;
beforeAll(async () => {
  rig = await createIxapiRig();
});
afterAll(() => rig.close());

const jobOf = (id: string) => rig.knex('core_job').where({ id }).first<Record<string, unknown>>();
const readingOf = (job: string) =>
  rig.knex('ixapi_reading').where({ key: job }).first<{ id: number } | undefined>('id');

/** How many rows of a table are those of a job's reading. */
async function ofReading(job: string, table: string, where: object = {}): Promise<number> {
  const reading = await readingOf(job);
  return reading === undefined ? 0 : (await rig.knex(table).where({ reading: reading.id, ...where })).length;
}

/** Steps of an import, and how they are seen. */
const STEPS: Readonly<Record<string, (job: string) => Promise<boolean>>> = {
  'the reading was begun': async (job) => (await readingOf(job)) !== undefined,
  'some pages were read': async (job) => (await ofReading(job, 'ixapi_page')) > 5,
  'all pages were read': async (job) => (await ofReading(job, 'ixapi_page', { list: 'facilities' })) > 0,
  'what was read was published': async (job) => (await ofReading(job, 'ixapi_state')) > 0,
  'the connection was made': async (job) => (await jobOf(job))['result'] !== null,
};

/** Connections by the config that they are. */
const connections = (config: string): Promise<unknown[]> =>
  rig.knex('net_connection').where({ ixapi_network_service_config: config });

/** An import of one config, during which something is killed. */
async function importOver(victim: Victim, step: string, config: string): Promise<void> {
  const job = await rig.import(config);
  await rig.reach(async () => (await STEPS[step]!(job)) || (await jobOf(job))['finished'] !== null);
  await rig.kill(victim);
  const { status, result } = await rig.ended(job);
  expect([step, victim, status, result]).toMatchObject([
    ...[step, victim, 'completed'],
    { create: [{ network_service_config: config }], skip: [] },
  ]);
  expect(await connections(config)).toHaveLength(1);
}

test('the product, PostgreSQL and Temporal are killed during imports and following, and each config is one connection', async () => {
  const rng = createRng(SEED);
  const cases = await rig.fake.state.cases();
  const [requested, ...configs] = ['requested', 'production', 'untagged', 'qinq'].map((name) => cases[name]!);
  // So that there is a middle to be killed in.
  await rig.fake.faults.add({ path: '/ips', count: null }, { kind: 'delay', milliseconds: 100 });
  await rig.ended(await rig.import(requested!));
  expect(await rig.knex('ixapi_follow').pluck('network_service_config')).toEqual([requested]);
  await rig.fake.state.allocate(requested!);

  const steps = Object.keys(STEPS);
  for (const [n, victim] of VICTIMS.entries())
    await importOver(victim, steps.splice(rng.int(steps.length), 1)[0]!, configs[n]!);

  await rig.reach(async () => (await connections(requested!)).length === 1);
  const [{ id }] = (await rig.knex('core_job').where({ type: 'ixapi-follow' })) as [{ id: string }];
  expect(await rig.ended(id)).toMatchObject({
    ...{ status: 'completed', result: { create: [{ network_service_config: requested }] } },
  });
  const all = await rig.knex('net_connection').orderBy('id');
  expect(all).toHaveLength(4);
  const again = await rig.ended(await rig.import(configs[0]!));
  expect(again).toMatchObject({ status: 'completed', result: { create: [], link: [], update: [] } });
  expect(await rig.knex('net_connection').orderBy('id')).toEqual(all);
  for (const table of ['ixapi_reading', 'ixapi_page', 'ixapi_follow'])
    expect([table, await rig.knex(table)]).toEqual([table, []]);
  expect(rig.crashed).toEqual([]);
});
