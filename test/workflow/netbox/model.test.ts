import { createRng } from '../../fakes/peeringdb/rng';
import { createModelSite, play } from '../../helpers/netbox-model-run';
import { drawSteps } from '../../helpers/netbox-random';
import type { NetboxSite } from '../../helpers/netbox-site';
import { drawSeed } from '../../helpers/seed';

/** Sequences of each kind; FAULT_RUNS asks for more, FAULT_SEED for those of an earlier run. */
const RUNS = Number(process.env['FAULT_RUNS'] ?? 2);
const SEED = drawSeed();
const STEPS = 30;

jest.setTimeout(120_000);

let site: NetboxSite;
beforeAll(async () => {
  // Connections that are dropped are told of.
  jest.spyOn(console, 'log').mockImplementation();
  site = await createModelSite();
});
afterAll(() => site.close());

const runs = Array.from({ length: RUNS }, (_, run) => ({ run, seed: SEED }));

// Those that leave the tree of roles as it is come first: it is believed for a minute.
test.each(runs)(
  'whatever becomes of webhooks, following the change log makes routers equal NetBox (FAULT_SEED=$seed, run $run)',
  async ({ run }) => {
    const rng = createRng(SEED).fork(`followed ${run}`);
    const steps = drawSteps(rng, { told: 10, webhooks: 6, faults: 3, ours: 3 }, STEPS);
    const wrong = await play(site, { steps, isFollowed: true, isReconciled: false });
    expect({ steps, wrong }).toEqual({ steps, wrong: [] });
  },
);

test.each(runs)(
  'whatever happens to NetBox and by whomever, a reconciliation makes routers equal it (FAULT_SEED=$seed, run $run)',
  async ({ run }) => {
    const rng = createRng(SEED).fork(`reconciled ${run}`);
    const weights = { told: 9, webhooks: 3, faults: 3, ours: 2, untold: 4, plans: 4, people: 4, tree: run % 2 };
    const steps = drawSteps(rng, weights, STEPS);
    const wrong = await play(site, { steps, isFollowed: rng.chance(0.5), isReconciled: true });
    expect({ steps, wrong }).toEqual({ steps, wrong: [] });
  },
);
