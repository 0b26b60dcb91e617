import { removeMaintenance, planMaintenance, changeMaintenance } from '../../helpers/incident-maintenance';
import { createIncidentClock, TAKEN, UNAVAILABLE, type IncidentClock } from '../../helpers/incident-clock';

let clock: IncidentClock;
beforeEach(async () => {
  clock = await createIncidentClock();
});
afterEach(() => clock.close());

const clear = (dedup_id: string) => clock.report({ dedup_id, status: 'ok' });
const HOUR = 3600;

describe('hold-down', () => {
  beforeEach(() => clock.service('held', { hold_seconds: 60 }));

  test('a problem of a damped service pages when it has lasted', async () => {
    await clock.report({ dedup_id: 'a', service: 'held' });
    await clock.pass(59);
    expect(clock.requests).toEqual([]);
    await clock.pass(1);
    expect(clock.taken('a')).toEqual(['trigger']);
  });

  test('a problem that is over before it has lasted never pages, and the timeline says why', async () => {
    await clock.report({ dedup_id: 'b', service: 'held' });
    await clock.pass(30);
    await clear('b');
    await clock.pass(HOUR);
    expect(clock.requests).toEqual([]);
    expect(await clock.notes('b')).toEqual(['not paged: over while it was held back']);
    expect(await clock.alert('b')).toMatchObject({ told: 'nothing', pending: 0 });
  });

  test('each flap begins its hold-down anew', async () => {
    for (let flap = 0; flap < 5; flap += 1) {
      await clock.report({ dedup_id: 'c', service: 'held' });
      await clock.pass(40);
      await clear('c');
      await clock.pass(40);
    }
    expect(clock.requests).toEqual([]);
    await clock.report({ dedup_id: 'c', service: 'held' });
    await clock.pass(61);
    expect(clock.taken('c')).toEqual(['trigger']);
  });
});

describe('quiet period', () => {
  beforeEach(() => clock.service('quiet', { quiet_seconds: 120 }));

  test('a problem is resolved when it has been over for the quiet period', async () => {
    await clock.report({ dedup_id: 'd', service: 'quiet' });
    await clock.pass(10);
    await clear('d');
    await clock.pass(119);
    expect(clock.taken('d')).toEqual(['trigger']);
    await clock.pass(1);
    expect(clock.taken('d')).toEqual(['trigger', 'resolve']);
  });

  test('a problem that comes back within the quiet period is one alert, told once', async () => {
    await clock.report({ dedup_id: 'e', service: 'quiet' });
    await clock.pass(10);
    for (let flap = 0; flap < 10; flap += 1) {
      await clear('e');
      await clock.pass(100);
      await clock.report({ dedup_id: 'e', service: 'quiet' });
      await clock.pass(100);
    }
    expect(clock.taken('e')).toEqual(['trigger']);
    await clear('e');
    await clock.pass(121);
    expect(clock.taken('e')).toEqual(['trigger', 'resolve']);
  });
});

describe('maintenance', () => {
  test('a page is held until the window ends', async () => {
    const service = await clock.service('maintained');
    await planMaintenance(clock, { technical_service: service, seconds: 600 });
    await clock.report({ dedup_id: 'f', service: 'maintained' });
    await clock.pass(599);
    expect(clock.requests).toEqual([]);
    expect(await clock.alert('f')).toMatchObject({ is_held: true, pending: 1 });
    await clock.pass(1);
    expect(clock.taken('f')).toEqual(['trigger']);
  });

  test('a window that is extended holds longer, and one that is ended early lets the page out at once', async () => {
    const id = await planMaintenance(clock, { seconds: 600 });
    await clock.report({ dedup_id: 'g' });
    await clock.pass(300);
    await changeMaintenance(clock, id, { seconds: 1200 });
    await clock.pass(1100);
    expect(clock.requests).toEqual([]);
    await changeMaintenance(clock, id, { status: 'finished' });
    await clock.pass(0);
    expect(clock.taken('g')).toEqual(['trigger']);
  });

  test('a window that is deleted lets the page out at once', async () => {
    const id = await planMaintenance(clock, { seconds: 600 });
    await clock.report({ dedup_id: 'gone' });
    await clock.pass(10);
    await removeMaintenance(clock, id);
    await clock.pass(0);
    expect(clock.taken('gone')).toEqual(['trigger']);
  });

  test('what clears within the window never pages', async () => {
    await planMaintenance(clock, { seconds: 600 });
    await clock.report({ dedup_id: 'h' });
    await clock.pass(300);
    await clear('h');
    await clock.pass(HOUR);
    expect(clock.requests).toEqual([]);
    expect(await clock.alert('h')).toMatchObject({ told: 'nothing', pending: 0, is_held: false });
  });

  test('what was open before the window is resolved within it', async () => {
    await clock.report({ dedup_id: 'i' });
    await clock.pass(1);
    await planMaintenance(clock, { seconds: 600 });
    await clear('i');
    await clock.pass(1);
    expect(clock.taken('i')).toEqual(['trigger', 'resolve']);
  });
});

test('an outage of a day is asked about every minute, and what waited is delivered in order after it', async () => {
  await clock.report({ dedup_id: 'before' });
  await clock.pass(1);
  let isAway = true;
  clock.answer = () => (isAway ? UNAVAILABLE : TAKEN);
  await clear('before');
  await clock.pass(22 * HOUR);
  const gaps = clock.requests.slice(1).map(({ at }, index, all) => at - (all[index - 1]?.at ?? at));
  expect(gaps.slice(1, 8)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000]);
  expect(Math.max(...gaps)).toBe(60_000);
  await clock.report({ dedup_id: 'within' });
  await clock.pass(HOUR);
  await clear('within');
  await clock.report({ dedup_id: 'before' });
  await clock.pass(HOUR);
  isAway = false;
  await clock.pass(61);
  expect(clock.taken('before')).toEqual(['trigger', 'resolve', 'trigger']);
  expect(clock.taken('within')).toEqual(['trigger', 'resolve']);
  expect(await clock.alert('before')).toMatchObject({ told: 'triggered', pending: 0 });
  expect(await clock.alert('within')).toMatchObject({ told: 'resolved', pending: 0 });
}, 120_000);

test('without a routing key a page is parked, and goes out when one is set', async () => {
  clock.defaultKey = undefined;
  await clock.report({ dedup_id: 'k' });
  await clock.pass(2 * HOUR);
  expect(clock.requests).toEqual([]);
  expect(await clock.alert('k')).toMatchObject({ is_held: true, pending: 1, told: 'nothing' });
  clock.defaultKey = await clock.keep(1);
  await clock.pass(60);
  expect(clock.taken('k')).toEqual(['trigger']);
});

test('what clears while it has no routing key never pages', async () => {
  clock.defaultKey = undefined;
  await clock.report({ dedup_id: 'l' });
  await clock.pass(HOUR);
  await clear('l');
  clock.defaultKey = await clock.keep(1);
  await clock.pass(HOUR);
  expect(clock.requests).toEqual([]);
});

test('after a request that was not answered in time the next action waits as long again, the same one does not', async () => {
  const UNANSWERED = { outcome: 'later', reason: 'no answer', throttled: false, unheardMs: 30_000 } as const;
  clock.answer = () => (clock.requests.length === 0 ? UNANSWERED : TAKEN);
  await clock.report({ dedup_id: 'slow' });
  await clock.pass(2);
  expect(clock.taken('slow')).toEqual(['trigger']);
  await clear('slow');
  await clock.pass(25);
  expect(clock.taken('slow')).toEqual(['trigger']);
  await clock.pass(5);
  expect(clock.taken('slow')).toEqual(['trigger', 'resolve']);
});
