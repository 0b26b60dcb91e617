import type { Knex } from 'knex';
import type { Log } from '../../config/log';
import { waitingLookUps } from '../../store/pagerduty/webhooks-look-up';
import { PAGERDUTY_LOOK_UP_WORKFLOW } from '../../workflows/incident/messages';
import { lookUpOptions } from '../../workflows/incident/start';
import { Bell } from './bell';
import { TemporalUnavailableError, type Temporal } from './client';

interface LookUpDeps {
  readonly knex: Knex;
  readonly temporal: Temporal;
  readonly log: Log;
}

/** Other processes take webhooks as well, and this one may have ended between taking one and starting its look-up. */
const EVERY_MS = 1_000;
const AT_ONCE = 20;
/** A look-up that still waits so long after it was started is started again, in case its workflow was lost. */
const AGAIN_MS = 60_000;

/** Starts the look-ups that wait, but for those that were started lately. */
async function startSome({ knex, temporal }: LookUpDeps, started: Map<string, number>): Promise<void> {
  const now = Date.now();
  for (const [id, time] of started) if (now - time > AGAIN_MS) started.delete(id);
  for (const id of await waitingLookUps(knex, [...started.keys()], AT_ONCE)) {
    await temporal.call((client) => client.workflow.start(PAGERDUTY_LOOK_UP_WORKFLOW, lookUpOptions(id)));
    started.set(id, now);
  }
}

/** Starts a look-up for each webhook that does not name its alert, until it is told to stop. */
export function startLookUps(
  deps: LookUpDeps,
  signal: AbortSignal,
): { readonly wake: () => void; readonly finished: Promise<void> } {
  const bell = new Bell();
  const started = new Map<string, number>();
  async function run(): Promise<void> {
    while (!signal.aborted) {
      await startSome(deps, started).catch((error: unknown) => {
        if (!(error instanceof TemporalUnavailableError))
          deps.log.warn({ err: error }, 'the alerts of a webhook could not be looked up yet');
      });
      await bell.wait(EVERY_MS);
    }
  }
  signal.addEventListener('abort', () => bell.ring(), { once: true });
  return { wake: () => bell.ring(), finished: run() };
}
