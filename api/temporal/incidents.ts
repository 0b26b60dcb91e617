import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Log } from '../../config/log';
import { claimUntold, markTold, unclaim, type Untold } from '../../store/pagerduty/outbox';
import { INCIDENT_WORKFLOW } from '../../workflows/incident/messages';
import { newsOptions } from '../../workflows/incident/start';
import { Bell } from './bell';
import { TemporalUnavailableError, type Temporal } from './client';
import { startLookUps } from './look-ups';

/** Tells alerts' workflows of what was written: at once when woken, and of what was left over now and then. */
export interface Forwarder {
  /** Something was committed that a workflow has to be told of. */
  wake(): void;
  /** Resolves once it has stopped. */
  readonly finished: Promise<void>;
}

interface ForwardDeps {
  readonly knex: Knex;
  readonly temporal: Temporal;
  readonly log: Log;
}

/** Other processes write as well, and this one may have ended between writing and telling. */
const EVERY_MS = 1_000;
/** Told at once: Temporal takes some hundred signals a second of one client. */
const AT_ONCE = 20;
/** Temporal may be away for long; it is asked again after a moment. */
const AWAY_MS = 2_000;

/** What became of telling a workflow; `refused`: Temporal takes others. */
type Telling = 'told' | 'refused' | 'away';

async function tell({ temporal, log }: ForwardDeps, { id, workflow_id }: Untold): Promise<Telling> {
  try {
    await temporal.call((client) => client.workflow.signalWithStart(INCIDENT_WORKFLOW, newsOptions(id, workflow_id)));
    return 'told';
  } catch (error) {
    if (error instanceof TemporalUnavailableError) return 'away';
    log.warn({ err: error, alert_id: id, workflow_id }, 'the workflow of an alert could not be told yet');
    return 'refused';
  }
}

/** Tells of everything that is untold; false when Temporal is away. What it refuses is tried again when its claim is over. */
async function drain(deps: ForwardDeps, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const claimed = await claimUntold(deps.knex, AT_ONCE, new Date());
    if (claimed.length === 0) return true;
    const tellings = await Promise.all(claimed.map((untold) => tell(deps, untold)));
    const those = (telling: Telling): Untold[] => claimed.filter((_, index) => tellings[index] === telling);
    await markTold(deps.knex, those('told'));
    const left = those('away');
    if (left.length === 0) continue;
    await unclaim(deps.knex, left);
    return false;
  }
  return true;
}

/** Forwards, and starts what webhooks wait for, until it is told to stop. */
export function forwardNews(deps: ForwardDeps, signal: AbortSignal): Forwarder {
  const bell = new Bell();
  const lookUps = startLookUps(deps, signal);
  async function run(): Promise<void> {
    while (!signal.aborted) {
      const isDone = await drain(deps, signal).catch((error: unknown) => {
        deps.log.warn({ err: error }, 'the workflows of alerts could not be told yet');
        return false;
      });
      if (isDone) await bell.wait(EVERY_MS);
      else await sleep(AWAY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  signal.addEventListener('abort', () => bell.ring(), { once: true });
  const wake = (): void => {
    bell.ring();
    lookUps.wake();
  };
  return { wake, finished: Promise.all([run(), lookUps.finished]).then(() => undefined) };
}
