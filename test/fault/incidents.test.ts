import { createRng, type Rng } from '../fakes/peeringdb/rng';
import { createIncidentRig, type IncidentRig } from '../helpers/incident-rig';
import { changeIncidents, disturbPagerduty, type IncidentWorld } from '../helpers/incident-steps';
import type { Victim } from '../helpers/kept-product';

/** `FAULT_RUNS=100 FAULT_SEED=7 npm run test:fault`: the seed of an earlier run has the same changes and kills. */
const RUNS = Number(process.env['FAULT_RUNS'] ?? '25');
const SEED = Number(process.env['FAULT_SEED'] ?? Math.floor(Math.random() * 1_000_000));
/** Servers that die often wait longer before each restart; new ones begin anew. */
const RUNS_OF_A_RIG = 3;

const VICTIMS: readonly Victim[] = ['product', 'postgres', 'temporal'];

let rig: IncidentRig | undefined;
let old = true;

beforeAll(() => {
  process.stdout.write(`FAULT_SEED=${SEED} FAULT_RUNS=${RUNS}\n`);
});
afterAll(() => rig?.close());

async function rigFor(run: number, rng: Rng): Promise<IncidentRig> {
  if (rig === undefined || old || run % RUNS_OF_A_RIG === 0) {
    await rig?.close();
    rig = undefined;
    // Slow enough at times that sends wait for slots.
    rig = await createIncidentRig(1, { PAGERDUTY_RATE_LIMIT: rng.pick(['60', '600', '6000']) });
  }
  // Until this run has ended well.
  old = true;
  return rig;
}

test.each(Array.from({ length: RUNS }, (_, run) => run))(
  'run %i: whatever is killed and whenever, PagerDuty ends as our records are',
  async (run) => {
    const rng = createRng(SEED).fork(`incidents ${run}`);
    const current = await rigFor(run, rng.fork('rig'));
    const world: IncidentWorld = { incidents: [], name: `run-${run}` };
    const victims = Array.from({ length: 1 + rng.int(4) }, () => rng.pick(VICTIMS));
    for (const victim of victims) {
      await disturbPagerduty(current, rng);
      await changeIncidents(current, world, rng, 2 + rng.int(8));
      await current.kill(victim);
      await changeIncidents(current, world, rng, 2 + rng.int(8));
      await current.fake.faults.outage('off');
    }
    await current.fake.faults.clear();
    await current.fake.webhooks.release();
    await current.ready();
    // What people did there is told before both sides are compared.
    await current.fake.webhooks.idle();
    const described = { seed: SEED, run, victims };
    expect({ ...described, wrong: await current.equal(240_000) }).toEqual({ ...described, wrong: [] });
    old = false;
  },
);
