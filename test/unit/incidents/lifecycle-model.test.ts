import fc from 'fast-check';
import { isOpen } from '../../../store/pagerduty/alert-state';
import type { AlertPolicy } from '../../../store/pagerduty/hear';
import { next } from '../../../store/pagerduty/lifecycle';
import { anySeverity, anyStep, World, type How, type Step } from '../../helpers/alert-world';

const ALL_ON = { event: true, 'incident-created': true, 'incident-changed': true };

const RULES: AlertPolicy = { enabled: true, sendOn: ALL_ON, autoResolve: true, holdSeconds: 0, quietSeconds: 0 };

const policy: fc.Arbitrary<AlertPolicy> = fc.record({
  enabled: fc.constant(true),
  sendOn: fc.constant(ALL_ON),
  autoResolve: fc.constant(true),
  holdSeconds: fc.constantFrom(0, 0, 30),
  quietSeconds: fc.constantFrom(0, 0, 30),
});

const play = (rules: AlertPolicy, steps: readonly Step[]): World => {
  const world = new World(rules);
  for (const one of steps) world.do(one);
  return world;
};

const isByPeople = ({ does }: Step): boolean => does === 'people' || does === 'asks';

const RUNS = { numRuns: 5_000 };

test('whatever happens, both sides hold the same in the end', () => {
  fc.assert(
    fc.property(policy, fc.array(anyStep, { maxLength: 40 }), (rules, steps) => {
      const world = play(rules, steps);
      world.heal();
      expect(world.state.told.replace('nothing', 'resolved')).toBe(
        world.pagerduty.phase.replace('nothing', 'resolved'),
      );
      expect(next(world.state, world.now).do).toBe(isOpen(world.state.told) ? 'stay' : 'rest');
    }),
    RUNS,
  );
});

const STEPS_OF_OLD: [string, Step[]][] = [
  [
    'that a person asked for',
    [
      { does: 'source', what: 'fires', severity: 'info' },
      { does: 'asks', action: 'trigger', severity: 'info' },
      { does: 'attempt', how: 'taken' },
      { does: 'people', did: 'resolved' },
      { does: 'attempt', how: 'lost' },
      { does: 'people', did: 'acknowledged' },
    ],
  ],
  [
    'that was refused when it was sent again, and replayed',
    [
      { does: 'source', what: 'fires', severity: 'info' },
      { does: 'attempt', how: 'lost' },
      { does: 'waits', seconds: 1 },
      { does: 'attempt', how: 'refused' },
      { does: 'replays' },
      { does: 'people', did: 'acknowledged' },
    ],
  ],
];

test.each(STEPS_OF_OLD)('what people acknowledge shows that PagerDuty took a trigger %s', (_, steps) => {
  const world = play(RULES, steps);
  expect(world.state).toMatchObject({ told: 'acknowledged', queue: [] });
  world.heal();
  expect([world.state.told, world.pagerduty.phase]).toEqual(['acknowledged', 'acknowledged']);
});

test('where people leave it to the source, PagerDuty is open exactly while the source fires', () => {
  fc.assert(
    fc.property(
      policy,
      fc.array(
        anyStep.filter((one) => !isByPeople(one)),
        { maxLength: 40 },
      ),
      (rules, steps) => {
        const world = play(rules, steps);
        world.heal();
        expect(isOpen(world.pagerduty.phase)).toBe(world.firing);
      },
    ),
    RUNS,
  );
});

test('whatever people do there, PagerDuty is open exactly while the incident is', () => {
  fc.assert(
    fc.property(
      policy,
      fc.array(
        anyStep.filter(({ does }) => does !== 'asks'),
        { maxLength: 40 },
      ),
      (rules, steps) => {
        const world = new World(rules, 'incident');
        for (const one of steps) world.do(one);
        world.heal();
        expect(isOpen(world.pagerduty.phase)).toBe(world.firing);
      },
    ),
    RUNS,
  );
});

test('people who resolve a page that was over here by then leave the incident that was opened again as it is', () => {
  const world = new World(RULES, 'incident');
  world.source('fires', 'info');
  world.attempt('taken');
  world.source('clears', 'info');
  world.source('fires', 'info');
  world.people('resolved');
  expect(world.firing).toBe(true);
  world.heal();
  expect(world.pagerduty).toMatchObject({ phase: 'triggered', opened: 2 });
});

test('what people reopen is not closed by the resolve that was to follow them', () => {
  const world = new World(RULES, 'incident');
  world.source('fires', 'info');
  world.attempt('lost');
  world.people('resolved');
  expect(world.state.queue).toMatchObject([{ action: 'resolve' }]);
  world.people('reopened');
  world.heal();
  expect([world.firing, world.pagerduty.phase]).toEqual([true, 'triggered']);
});

test('what people reopen while the next page is held back is resolved when the incident is over', () => {
  const world = new World({ ...RULES, holdSeconds: 30 }, 'incident');
  world.source('fires', 'info');
  world.wait(30);
  world.attempt('taken');
  world.people('resolved');
  world.source('fires', 'info');
  world.people('reopened');
  world.source('clears', 'info');
  world.heal();
  expect([world.firing, world.pagerduty.phase]).toEqual([false, 'resolved']);
});

test('sends of one alert go out in the order in which they were decided, and none is left out behind a failure', () => {
  fc.assert(
    fc.property(policy, fc.array(anyStep, { maxLength: 40 }), (rules, steps) => {
      const world = play(rules, steps);
      world.heal();
      const numbers = world.sent.map(({ n }) => n);
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    }),
    RUNS,
  );
});

test('nothing is acknowledged or resolved by itself that PagerDuty cannot know of', () => {
  fc.assert(
    fc.property(policy, fc.array(anyStep, { maxLength: 40 }), (rules, steps) => {
      const world = new World(rules);
      for (const one of steps) {
        const before = isOpen(world.pagerduty.phase) || world.mayBeOpen;
        const sent = world.sent.length;
        world.do(one);
        const [added] = world.sent.slice(sent);
        // An attempt whose answer was lost is made again, and finds its effect there already.
        if (added && !added.asked && !added.tried && added.action !== 'trigger') expect(before).toBe(true);
      }
    }),
    RUNS,
  );
});

test('an opening that was decided without damping reaches PagerDuty, however soon it is over', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom<How>('failed', 'lost'), { maxLength: 5 }), anySeverity, (outcomes, level) => {
      const world = new World(RULES);
      world.source('fires', level);
      for (const how of outcomes) {
        world.attempt(how);
        world.wait(2);
      }
      world.source('clears', level);
      world.heal();
      expect(world.pagerduty.opened).toBe(1);
      expect(world.pagerduty.taken.at(-1)).toBe('resolve');
    }),
  );
});

test('what people resolve stays resolved until the source has cleared and fires again', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('fires' as const, 'rises' as const), { maxLength: 6 }),
      anySeverity,
      (more, level) => {
        const world = new World(RULES);
        world.source('fires', 'warning');
        world.attempt('taken');
        world.people('resolved');
        for (const what of more) world.source(what, level);
        world.heal();
        expect(world.pagerduty.phase).toBe('resolved');
        world.source('clears', level);
        world.source('fires', level);
        world.heal();
        expect(world.pagerduty.opened).toBe(2);
      },
    ),
  );
});

test('the queue of an alert that flaps while PagerDuty is away stays short', () => {
  const world = new World(RULES);
  for (let cycle = 0; cycle < 500; cycle++) {
    world.source('fires', 'error');
    world.attempt('failed');
    world.source('clears', 'error');
    world.wait(2);
  }
  expect(world.state.queue.length).toBeLessThanOrEqual(3);
  world.heal();
  expect(world.pagerduty.taken).toEqual(['trigger', 'resolve']);
});
