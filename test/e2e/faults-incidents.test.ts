import { routingKeyOf } from '../fakes/pagerduty/keys';
import type { Fault } from '../fakes/pagerduty/faults';
import { createRng } from '../fakes/peeringdb/rng';
import { createIncidentRig, type IncidentRig } from '../helpers/incident-rig';
import type { Victim } from '../helpers/kept-product';
import { until } from '../helpers/processes';

/** Another seed kills in another order: `FAULT_SEED=7 npx jest test/e2e/faults-incidents`. */
const SEED = Number(process.env['FAULT_SEED'] ?? '1');
const VICTIMS: readonly Victim[] = ['product', 'postgres', 'temporal'];
/** Longer than it takes to see that a request is here, and shorter than PAGERDUTY_TIMEOUT. */
const LONG_MS = 3_000;

jest.setTimeout(300_000);

/** Incidents that are at one step when something is killed: one each to trigger, to acknowledge and to resolve, or more. */
interface Group {
  readonly key: number;
  readonly service: number;
  readonly open: readonly number[];
}

interface Step {
  /** Incidents for each action. */
  readonly each?: number;
  readonly fault?: Fault;
  /** How many requests it befalls. */
  readonly count?: number;
  /** Whether the sends of a group are at the step. */
  readonly isReached: (group: Group) => Promise<boolean>;
}

let rig: IncidentRig;

const keys = (group: Group): string => routingKeyOf(group.key);

/** Requests of a group since it is worked on; only those that are as they are wanted count. */
async function requests(group: Group, is: (status: number, isDone: boolean) => boolean): Promise<number> {
  const events = await rig.fake.log.events({ routing_key: keys(group) });
  return events.filter(({ status, effect }) => is(status, effect !== null)).length;
}

const sends = async ({ service }: Group, state: string): Promise<number> => {
  const rows = await rig
    .knex('pagerduty_send AS s')
    .join('pagerduty_alert AS a', 'a.id', 's.alert')
    .join('incident_affected_service AS f', 'f.incident', 'a.incident')
    .where({ 'f.service': service, 's.state': state })
    .select('s.id');
  return rows.length;
};

const untold = async ({ service }: Group): Promise<number> => {
  const rows = await rig
    .knex('pagerduty_alert AS a')
    .join('incident_affected_service AS f', 'f.incident', 'a.incident')
    .where('f.service', service)
    .whereRaw('a.signalled < a.news')
    .select('a.id');
  return rows.length;
};

/** The steps of a send, in their order. Before a group is worked on, two requests of it were made. */
const STEPS: Readonly<Record<string, Step>> = {
  'written, but not told': { isReached: () => Promise.resolve(true) },
  'told, but not tried': { isReached: async (group) => (await untold(group)) === 0 },
  'on its way': {
    fault: { kind: 'delay', milliseconds: LONG_MS },
    isReached: async (group) => (await requests(group, (status, isDone) => !isDone && status === 0)) > 0,
  },
  'taken, but not answered': {
    fault: { kind: 'delay-answer', milliseconds: LONG_MS },
    isReached: async (group) => (await requests(group, (status, isDone) => isDone && status === 0)) > 0,
  },
  'answered, but not kept': { isReached: async (group) => (await requests(group, (status) => status === 202)) > 2 },
  'waiting after a 503': {
    fault: { kind: 'status', status: 503 },
    count: 9,
    isReached: async (group) => (await sends(group, 'retrying')) > 0,
  },
  'waiting for a slot': { each: 3, isReached: async (group) => (await sends(group, 'waiting')) > 0 },
};

const NAMES = Object.keys(STEPS);
const groups = new Map<string, Group>();
const expected = new Map<number, readonly string[]>();

/** Incidents that PagerDuty knows of before anything is killed. */
async function prepare(key: number, step: Step): Promise<Group> {
  const service = await rig.service(key);
  const open: number[] = [];
  for (let n = 0; n < 2 * (step.each ?? 1); n += 1) open.push(await rig.create(`open ${key}-${n}`, service));
  return { key, service, open };
}

beforeAll(async () => {
  // A slot a second for each key, so that something waits for one.
  rig = await createIncidentRig(NAMES.length * VICTIMS.length, { PAGERDUTY_RATE_LIMIT: '60' });
  let key = 0;
  for (const name of NAMES)
    for (const victim of VICTIMS) groups.set(`${name} ${victim}`, await prepare((key += 1), STEPS[name]!));
  expect(await rig.equal(60_000)).toEqual([]);
});
afterAll(() => rig.close());

/** Triggers, acknowledges and resolves at once. */
async function begin({ key, service, open }: Group, { each = 1 }: Step): Promise<void> {
  const made = Array.from({ length: each }, (_, n) => rig.create(`new ${key}-${n}`, service));
  const changed = open.map((id, n) => rig.change(id, n < each ? 'acknowledged' : 'resolved'));
  for (const id of await Promise.all(made)) expected.set(id, ['trigger']);
  await Promise.all(changed);
  for (const [n, id] of open.entries()) expected.set(id, ['trigger', n < each ? 'acknowledge' : 'resolve']);
}

/** Brings groups to their steps, all at once, and kills. */
async function killAt(names: readonly string[], victim: Victim): Promise<void> {
  const held = names.map((name) => ({ step: STEPS[name]!, group: groups.get(`${name} ${victim}`)! }));
  await rig.ready();
  for (const { step, group } of held)
    if (step.fault) await rig.fake.faults.add({ routing_key: keys(group), count: step.count ?? 3 }, step.fault);
  await Promise.all(held.map(({ step, group }) => begin(group, step)));
  const areReached = (): Promise<boolean[]> => Promise.all(held.map(({ step, group }) => step.isReached(group)));
  await until(async () => (await areReached()).every(Boolean), 30_000);
  await rig.kill(victim);
}

const turned = (by: number): readonly Victim[] => VICTIMS.map((_, n) => VICTIMS[(n + by) % VICTIMS.length]!);
const rng = createRng(SEED);
/** Steps that last are met by one kill. */
const ROUNDS = [...NAMES.slice(0, 2), 'answered, but not kept'].map((name) => [name]);
const LASTING = NAMES.filter((name) => !ROUNDS.flat().includes(name));

test.each([...ROUNDS, LASTING].map((names) => [names, turned(rng.int(VICTIMS.length))] as const))(
  'when sends are %j, each of %j is killed',
  async (names, victims) => {
    for (const victim of victims) await killAt(names, victim);
  },
);

/** What PagerDuty did of an incident's alert, without what was repeated. */
async function done(id: number): Promise<string[]> {
  const events = await rig.fake.log.events({ dedup_key: `netbox-incident-${id}` });
  const actions = events.filter(({ effect }) => effect !== null).map(({ event_action }) => String(event_action));
  return actions.filter((action, at) => action !== actions[at - 1]);
}

test('in the end PagerDuty did each action of each alert, in order, and both sides hold the same', async () => {
  expect(await rig.equal(100_000)).toEqual([]);
  for (const [id, actions] of expected) expect([id, await done(id)]).toEqual([id, actions]);
});

test('and each alert goes on from there to its end', async () => {
  for (const id of expected.keys()) await rig.change(id, 'closed');
  expect(await rig.equal(100_000)).toEqual([]);
  expect((await rig.fake.state.totals()).open_alerts).toBe(0);
});
