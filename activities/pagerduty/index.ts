import { Context } from '@temporalio/activity';
import { beginAdvance, type Advance, type Attempt } from '../../store/pagerduty/advance';
import { settleAdvance } from '../../store/pagerduty/settle';
import type {
  AdvanceResult,
  BulkActivities,
  CheckActivities,
  IncidentActivities,
  LookUpActivities,
  PagerdutyClientActivities,
} from '../../workflows/incident/activities';
import { execution } from '../shared/execution';
import { whileHeartbeating } from '../shared/heartbeat';
import { createBulkActivities } from './bulk';
import { createCheckActivities } from './check';
import { createPagerdutyClient } from './client';
import { createClientActivities } from './client-activities';
import { keepDefaultKey } from './default-key';
import type { PagerdutyDeps } from './deps';
import { createLookUpActivities } from './look-up';

/** Makes an attempt, and keeps what became of it. */
async function attemptOf(deps: PagerdutyDeps, attempt: Attempt, told: ReturnType<typeof execution>): Promise<Advance> {
  const { knex, vault, client, clock, log } = deps;
  const { alert, n, body } = attempt;
  const key = await vault.open(knex, 'routing_key', attempt.routing_key);
  const outcome = await client.post(body, key);
  const fields = { alert_id: alert, n, attempt: attempt.attempt, dedup_key: body.dedup_key, action: body.event_action };
  if (outcome.outcome === 'taken') log.info(fields, 'PagerDuty took it');
  else if (outcome.outcome === 'later')
    log.warn({ ...fields, reason: outcome.reason }, 'PagerDuty did not take it yet');
  else log.error({ ...fields, reasons: outcome.reasons }, 'PagerDuty refuses it');
  return settleAdvance(knex, attempt, outcome, told, clock());
}

const relative = (advance: Advance, now: Date): AdvanceResult =>
  advance.next === 'wait'
    ? { next: 'wait', reason: advance.reason, wait_ms: Date.parse(advance.until) - now.getTime() }
    : advance;

/** The activities of incidents. */
export function createPagerdutyActivities(
  deps: PagerdutyDeps,
): IncidentActivities & BulkActivities & PagerdutyClientActivities & LookUpActivities & CheckActivities {
  const { knex, settings, clock } = deps;
  const defaultKey = keepDefaultKey(deps);
  async function advance(alert_id: number): Promise<AdvanceResult> {
    const told = execution(Context.current());
    const begun = await beginAdvance(knex, alert_id, { settings, defaultKey: await defaultKey(), now: clock() });
    const advanced = begun.next === 'send' ? await attemptOf(deps, begun.attempt, told) : begun;
    return relative(advanced, clock());
  }
  return {
    ...createBulkActivities(deps, defaultKey),
    ...createClientActivities(createPagerdutyClient(deps, defaultKey)),
    ...createLookUpActivities(deps),
    ...createCheckActivities(deps),
    advanceAlert: ({ alert_id }) => whileHeartbeating(advance(alert_id)),
  };
}
