import { CHANGE } from './steps/change';
import { CRASH } from './steps/crash';
import { FILL } from './steps/fill';
import { GUARD } from './steps/guard';
import { INCIDENT_OUTAGE } from './steps/incident-outage';
import { INCIDENT_PAGE } from './steps/incident-page';
import { INCIDENT_REFUSED } from './steps/incident-refused';
import { IXAPI_DRIFT } from './steps/ixapi-drift';
import { IXAPI_ALLOCATE, IXAPI_FOLLOW } from './steps/ixapi-follow';
import { IXAPI_IMPORT } from './steps/ixapi-import';
import { IXAPI_LINK } from './steps/ixapi-link';
import { KEY } from './steps/key';
import { NETBOX_FOLLOW } from './steps/netbox-follow';
import { NETBOX_GUARD } from './steps/netbox-guard';
import { NETBOX_PLAN } from './steps/netbox-plan';
import { PEER } from './steps/peer';
import { REFUSE } from './steps/refuse';
import type { Stage, Step } from './stage';
import type { Show } from './show';

/** How a step came out. */
export interface Outcome {
  readonly title: string;
  readonly good: boolean;
  readonly words: string;
  readonly seconds: number;
}

/** All that exists, in the order in which a user would meet it; addresses are waited for while other things happen. */
const STORY: readonly Step[] = [
  ...[...FILL, ...PEER, ...IXAPI_LINK, ...IXAPI_IMPORT],
  ...[...CHANGE, ...REFUSE, ...GUARD, ...IXAPI_ALLOCATE, ...CRASH, ...KEY],
  ...[...NETBOX_PLAN, ...NETBOX_FOLLOW, ...NETBOX_GUARD],
  ...[...IXAPI_FOLLOW, ...IXAPI_DRIFT],
  ...[...INCIDENT_PAGE, ...INCIDENT_OUTAGE, ...INCIDENT_REFUSED],
];

/** Does one thing, says how it came out, and never throws. */
export async function attempt(
  show: Show,
  number: number,
  title: string,
  work: () => Promise<string>,
): Promise<Outcome> {
  show.title(`${number}. ${title}`);
  const began = performance.now();
  const end = (good: boolean, words: string): Outcome => {
    const seconds = (performance.now() - began) / 1000;
    show.outcome(good, `${words} (${seconds.toFixed(1)} s)`);
    return { title, good, words, seconds };
  };
  try {
    return end(true, await work());
  } catch (error) {
    return end(false, error instanceof Error ? error.message : String(error));
  }
}

/** Plays every step, also after one that did not hold. `signal` ends it between two steps. */
export async function playStory(stage: Stage, signal: AbortSignal, before: readonly Outcome[]): Promise<Outcome[]> {
  const outcomes = [...before];
  for (const step of STORY) {
    if (signal.aborted) break;
    outcomes.push(await attempt(stage.show, outcomes.length + 1, step.title, () => step.play(stage)));
  }
  return outcomes;
}

/** One line a step, and whether all of them held. */
export function summarise(show: Show, outcomes: readonly Outcome[]): boolean {
  show.title('Summary');
  for (const { good, title, seconds } of outcomes) show.outcome(good, `${title} (${seconds.toFixed(1)} s)`);
  const held = outcomes.filter(({ good }) => good).length;
  const total = outcomes.reduce((sum, { seconds }) => sum + seconds, 0);
  show.say(`${held} of ${outcomes.length} steps held, in ${total.toFixed(0)} s`);
  return held === outcomes.length;
}
