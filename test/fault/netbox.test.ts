import { createRng, type Rng } from '../fakes/peeringdb/rng';
import type { Victim } from '../helpers/kept-product';
import { changeNetbox, createNetboxRig, type NetboxRig } from '../helpers/netbox-model-rig';

/** `FAULT_RUNS=100 FAULT_SEED=7 npm run test:fault`: the seed of an earlier run has the same changes and kills. */
const RUNS = Number(process.env['FAULT_RUNS'] ?? '25');
const SEED = Number(process.env['FAULT_SEED'] ?? Math.floor(Math.random() * 1_000_000));
/** Servers that die often wait longer before each restart; new ones begin anew. */
const RUNS_OF_A_RIG = 3;

const VICTIMS: readonly Victim[] = ['product', 'postgres', 'temporal'];

let rig: NetboxRig | undefined;
let old = true;

beforeAll(() => {
  process.stdout.write(`FAULT_SEED=${SEED} FAULT_RUNS=${RUNS}\n`);
});
afterAll(() => rig?.close());

async function rigFor(run: number, rng: Rng): Promise<NetboxRig> {
  if (rig === undefined || old || run % RUNS_OF_A_RIG === 0) {
    await rig?.close();
    rig = undefined;
    rig = await createNetboxRig(rng.int(1_000_000));
  }
  // Until this run has ended well.
  old = true;
  return rig;
}

/** What goes wrong between NetBox and us besides. */
async function disturb({ fake: { webhooks, faults } }: NetboxRig, rng: Rng): Promise<void> {
  if (rng.chance(0.3)) await webhooks.lose(1 + rng.int(5));
  if (rng.chance(0.3)) await webhooks.double(1 + rng.int(5));
  if (rng.chance(0.3)) await webhooks.shuffle(rng.int(1000));
  if (rng.chance(0.3)) await webhooks.delay(rng.int(500));
  if (rng.chance(0.3)) await faults.set({ down: { count: 1 + rng.int(5) } });
  if (rng.chance(0.3)) await faults.set({ refuse: { count: 1 + rng.int(5), status: rng.pick([500, 502, 503]) } });
  if (rng.chance(0.3)) await faults.set({ cutPage: { count: 1 + rng.int(5) } });
  if (rng.chance(0.3)) await faults.set({ slow: { ms: rng.int(3_000) } });
}

test.each(Array.from({ length: RUNS }, (_, run) => run))(
  'run %i: whatever is killed and whenever, routers end equal to NetBox',
  async (run) => {
    const rng = createRng(SEED).fork(`netbox ${run}`);
    const current = await rigFor(run, rng.fork('rig'));
    const victims = Array.from({ length: 1 + rng.int(5) }, () => rng.pick(VICTIMS));
    for (const victim of victims) {
      await disturb(current, rng);
      await changeNetbox(current, rng, rng.int(6));
      await current.kill(victim);
      await changeNetbox(current, rng, rng.int(6));
    }
    await current.fake.faults.clear();
    await current.fake.webhooks.reset();
    const described = { seed: SEED, run, victims };
    expect({ ...described, wrong: await current.equal(240_000) }).toEqual({ ...described, wrong: [] });
    old = false;
  },
);
