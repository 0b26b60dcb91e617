import { NEW_ALERT, type AlertState } from '../../../store/pagerduty/alert-state';
import type { Fact } from '../../../store/pagerduty/facts';
import { hear } from '../../../store/pagerduty/hear';

/** What people do in PagerDuty, and what we send, on their way at the same time. */

const POLICY = {
  ...{ enabled: true, autoResolve: true, holdSeconds: 0, quietSeconds: 0 },
  sendOn: { event: true, 'incident-created': true, 'incident-changed': true },
};
const OPEN: AlertState = { ...NEW_ALERT, told: 'triggered', severity: 'error', firing: true, next_n: 3 };
const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const resolvedAt = (second: number): Fact => ({
  ...{ fact: 'said', did: 'resolved', over: false, at: at(60), happened: at(second) },
});
const after = (state: AlertState, fact: Fact): AlertState => hear(state, fact, POLICY, 1).state;

test('people who resolved before PagerDuty took our latest trigger are followed by a resolve', () => {
  const state = after({ ...OPEN, answered_at: at(10) }, resolvedAt(5));
  expect(state.queue.map(({ action }) => action)).toEqual(['resolve']);
  expect(state).toMatchObject({ told: 'resolved', respected: true });
});

test('people who resolved after our latest trigger was taken need nothing of us', () => {
  expect(after({ ...OPEN, answered_at: at(10) }, resolvedAt(11)).queue).toEqual([]);
});

test('people who resolved what was over by then do not silence the problem that began since', () => {
  const cleared = after(OPEN, { fact: 'cleared', cause: 'event', at: at(1) });
  const again = after(cleared, { fact: 'fired', cause: 'event', severity: 'warning', at: at(2) });
  const state = after(again, resolvedAt(3));
  expect(state.queue.map(({ action }) => action)).toContain('trigger');
  expect(state.respected).toBe(false);
});
