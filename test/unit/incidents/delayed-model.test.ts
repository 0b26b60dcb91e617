import fc from 'fast-check';
import { isOpen } from '../../../store/pagerduty/alert-state';
import { anyDelayedStep, DelayedWorld, type DelayedStep } from '../../helpers/delayed-world';

const RULES = {
  ...{ enabled: true, autoResolve: true, holdSeconds: 0, quietSeconds: 0 },
  sendOn: { event: true, 'incident-created': true, 'incident-changed': true },
};

/** What is held of an alert here, whether its incident is open, and what PagerDuty holds, once all has been told. */
function ended(steps: readonly DelayedStep[]): { readonly here: [string, boolean]; readonly there: [string, boolean] } {
  const world = new DelayedWorld(RULES);
  for (const one of steps) world.step(one);
  world.heal();
  const { phase } = world.pagerduty;
  const told = world.state.told === 'nothing' ? 'resolved' : world.state.told;
  return { here: [told, world.firing], there: [phase === 'nothing' ? 'resolved' : phase, isOpen(phase)] };
}

test('however late its webhooks come, PagerDuty ends as the incident is', () => {
  fc.assert(
    fc.property(fc.array(anyDelayedStep, { maxLength: 30 }), (steps) => {
      const { here, there } = ended(steps);
      expect(there).toEqual(here);
    }),
    { numRuns: 5_000 },
  );
});

const fires: DelayedStep = { does: 'source', what: 'fires', severity: 'info' };
const clears: DelayedStep = { does: 'source', what: 'clears', severity: 'info' };
const lost: DelayedStep = { does: 'attempt', how: 'lost' };
const taken: DelayedStep = { does: 'attempt', how: 'taken' };
const refused: DelayedStep = { does: 'attempt', how: 'refused' };
const acknowledged: DelayedStep = { does: 'people', did: 'acknowledged' };
const resolved: DelayedStep = { does: 'people', did: 'resolved' };

// Each of these once left a page open, or one that we took for another.
test.each<[string, readonly DelayedStep[]]>([
  ['after people acknowledged and resolved what was taken first', [fires, lost, acknowledged, resolved, lost]],
  ['and is refused in the end, after people resolved what was taken first', [fires, lost, resolved, lost, refused]],
  [
    'after people resolved, and the incident is over and begins anew',
    [fires, lost, resolved, clears, taken, fires, acknowledged],
  ],
])('a trigger that is repeated %s', (_, steps) => {
  const { here, there } = ended(steps);
  expect(there).toEqual(here);
});
