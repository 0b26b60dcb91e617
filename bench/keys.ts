import { routingKeyOf } from '../test/fakes/pagerduty/keys';

/** The routing keys of the simulated PagerDuty, by number: of the storm, of the critical page, and of many alerts. */
export const STORM_KEY = 2;
export const CRITICAL_KEY = 3;
export const FIRST_KEY = 10;
export const KEYS = 20;

/** All of them. */
export const BENCH_KEYS: readonly string[] = [
  ...[STORM_KEY, CRITICAL_KEY],
  ...Array.from({ length: KEYS }, (_, i) => FIRST_KEY + i),
].map((n) => routingKeyOf(n));
