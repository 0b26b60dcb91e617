import { createRng } from '../fakes/peeringdb/rng';
import type { Victim } from '../helpers/kept-product';
import { changeNetbox, createNetboxRig, type NetboxRig } from '../helpers/netbox-model-rig';

/** Another seed changes and kills otherwise: `FAULT_SEED=7 npx jest test/e2e/faults-netbox`. */
const SEED = Number(process.env['FAULT_SEED'] ?? '1');
const VICTIMS: readonly Victim[] = ['product', 'postgres', 'temporal', 'product'];

jest.setTimeout(300_000);

let rig: NetboxRig;
beforeAll(async () => {
  rig = await createNetboxRig(SEED);
});
afterAll(() => rig.close());

test('while devices change, the product, PostgreSQL and Temporal are killed, and routers end equal to NetBox', async () => {
  const rng = createRng(SEED);
  for (const victim of VICTIMS) {
    await changeNetbox(rig, rng, 4);
    await rig.kill(victim);
    await changeNetbox(rig, rng, 4);
  }
  expect(await rig.equal(100_000)).toEqual([]);
});
