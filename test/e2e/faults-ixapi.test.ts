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

const pages = async (): Promise<number> => (await rig.knex('ixapi_page')).length;
const jobOf = (id: string) => rig.knex('core_job').where({ id }).first<Record<string, unknown>>();
const published = async (): Promise<number> => {
  const state = await rig.knex('ixapi_state').first<{ reading: number } | undefined>('reading');
  return state?.reading ?? 0;
};

/** Steps of an import, and how they are seen: each is given the job, and the reading that was published before. */
const STEPS: Readonly<Record<string, (job: string, before: number) => Promise<boolean>>> = {
  'the reading was begun': async () => (await rig.knex('ixapi_reading')).length > 0,
  'some pages were read': async () => (await pages()) > 5,
  'all pages were read': async () => (await rig.knex('ixapi_page').where({ list: 'facilities' })).length > 0,
  'what was read was published': async (_, before) => (await published()) > before,
  'the connection was made': async (job) => (await jobOf(job))['result'] !== null,
};

/** Connections by the configs that they are. */
const connections = (config: string): Promise<unknown[]> =>
  rig.knex('net_connection').where({ ixapi_network_service_config: config });

test('the product, PostgreSQL and Temporal are killed during imports, and each config is one connection', async () => {
  const rng = createRng(SEED);
  const cases = await rig.fake.state.cases();
  const configs = ['production', 'untagged', 'qinq'].map((name) => cases[name]!);
  // So that there is a middle to be killed in.
  await rig.fake.faults.add({ path: '/ips', count: null }, { kind: 'delay', milliseconds: 100 });
  const steps = Object.keys(STEPS);
  for (const [n, victim] of VICTIMS.entries()) {
    const before = await published();
    const job = await rig.import(configs[n]!);
    const [step] = steps.splice(rng.int(steps.length), 1);
    await rig.reach(async () => (await STEPS[step!]!(job, before)) || (await jobOf(job))['finished'] !== null);
    await rig.kill(victim);
    const { status, result } = await rig.ended(job);
    expect([step, victim, status, result]).toMatchObject([
      ...[step, victim, 'completed'],
      { create: [{ network_service_config: configs[n] }], skip: [] },
    ]);
    expect(await connections(configs[n]!)).toHaveLength(1);
  }
  const all = await rig.knex('net_connection').orderBy('id');
  const again = await rig.ended(await rig.import(configs[0]!));
  expect(again).toMatchObject({ status: 'completed', result: { create: [], link: [], update: [] } });
  expect(await rig.knex('net_connection').orderBy('id')).toEqual(all);
  expect([await rig.knex('ixapi_reading'), await pages()]).toEqual([[], 0]);
});

test('a config is followed over the death of the product, and becomes a connection once it has addresses', async () => {
  const { requested } = await rig.fake.state.cases();
  await rig.ended(await rig.import(requested!));
  expect(await rig.knex('ixapi_follow').pluck('network_service_config')).toEqual([requested]);
  await rig.kill('product');
  await rig.fake.state.allocate(requested!);
  await rig.reach(async () => (await connections(requested!)).length === 1);
  await rig.reach(async () => (await rig.knex('ixapi_follow')).length === 0);
  const [job] = await rig.knex('core_job').where({ type: 'ixapi-follow' });
  expect(await rig.ended((job as { id: string }).id)).toMatchObject({ status: 'completed' });
  expect(rig.crashed).toEqual([]);
});
