import type { Knex } from 'knex';
import { turnOf, type AdvanceContext } from './advance';
import type { AlertState, Queued } from './alert-state';
import { lockAlert, type AlertRow } from './alerts';
import type { Asked } from './asks';
import { LONGEST_DEDUP_KEY } from './keys';
import { next } from './lifecycle';
import { LARGEST_BODY, LONGEST_SUMMARY } from './limits';
import { listen } from './listen';
import { bodyOf, type Body } from './payload';
import type { PagerdutySettings } from './settings';
import type { PickedKey } from './subject';

/** What would be sent, and when, without sending it. */

export interface Preview {
  readonly dry_run: true;
  /** As it would be sent, but for the routing key. */
  readonly payload: object;
  /** The version of the key, null where it was never used, and where it comes from. */
  readonly routing_key: { readonly version: number | null; readonly origin: string } | null;
  readonly dedup_key: string;
  readonly limits: object;
  /** Why it would not go out at once. */
  readonly would_wait: readonly string[];
}

/** Stands for PAGERDUTY_ROUTING_KEY where that has no version, since nothing was ever sent with it. */
export const NEVER_USED = 0;

const HASHED = /^(netbox-event-)?sha256-[0-9a-f]{64}$/;
const KEY_LENGTH = 32;

function limitsOf(body: Body, cuts: readonly string[]): object {
  const summary = body.event_action === 'trigger' ? Array.from(body.payload.summary).length : 0;
  const size = Buffer.byteLength(JSON.stringify({ routing_key: 'k'.repeat(KEY_LENGTH), ...body }));
  const hashed = HASHED.test(body.dedup_key)
    ? [`the dedup key is longer than ${LONGEST_DEDUP_KEY} characters: its hash is sent`]
    : [];
  return {
    summary: { length: summary, longest: LONGEST_SUMMARY },
    dedup_key: { length: Array.from(body.dedup_key).length, longest: LONGEST_DEDUP_KEY },
    bytes: { size, largest: LARGEST_BODY },
    cuts: [...cuts, ...hashed],
  };
}

async function blockOf(trx: Knex, { routing_key }: PickedKey, now: Date): Promise<readonly string[]> {
  const budget = await trx<{ routing_key: number; blocked_until: string | null }>('pagerduty_budget')
    .where({ routing_key })
    .where('blocked_until', '>', now.toISOString())
    .first('blocked_until');
  return budget ? [`PagerDuty limits this routing key until ${budget.blocked_until ?? ''}`] : [];
}

/** Why what goes before a send waits. */
async function aheadOf(
  trx: Knex,
  alert: AlertRow,
  state: AlertState,
  queued: Queued,
  context: AdvanceContext,
): Promise<readonly string[]> {
  const [head] = state.queue;
  const ahead = state.queue.indexOf(queued);
  if (head === undefined || ahead <= 0) return [];
  const step = next(state, context.now);
  const turn = await turnOf(trx, alert, head, context);
  return [
    `sends of this alert that go before it: ${ahead}`,
    ...(step.do === 'wait' ? [`the first of them waits until ${step.until}: ${step.reason}`] : []),
    ...('parked' in turn ? [`the first of them waits until ${turn.until}: ${turn.reason}`] : []),
  ];
}

/** As if it were enabled for what is asked for, and for nothing else. */
const forAsked = (settings: PagerdutySettings): PagerdutySettings =>
  settings.enabled
    ? settings
    : {
        ...{ ...settings, enabled: true, autoResolve: false },
        sendOn: { event: false, 'incident-created': false, 'incident-changed': false },
      };

/** The alert with all that it was told heard, and the send that was asked for. */
async function hearAsked(
  trx: Knex,
  asked: Asked,
  { settings, now }: AdvanceContext,
): Promise<{ readonly alert: AlertRow; readonly state: AlertState; readonly queued: Queued }> {
  let alert = await lockAlert(trx, asked.alert.id);
  for (let heard = -1; alert !== undefined && alert.state.heard > heard;) {
    heard = alert.state.heard;
    const state = await listen(trx, alert, forAsked(settings), now);
    const queued = state.queue.find(({ job }) => job === asked.job.id);
    if (queued) return { alert, state, queued };
    alert = { ...alert, state };
  }
  throw new Error(`what was asked of alert ${asked.alert.id} is not in its queue`);
}

async function previewOf(trx: Knex, asked: Asked, context: AdvanceContext): Promise<Preview> {
  const { settings, now } = context;
  const { alert, state, queued } = await hearAsked(trx, asked, context);
  const turn = await turnOf(trx, alert, queued, context);
  const key = 'key' in turn ? turn.key : undefined;
  const { body, cuts } = await bodyOf(trx, alert, queued, settings);
  return {
    dry_run: true,
    payload: { routing_key: key === undefined ? null : '[redacted]', ...body },
    routing_key:
      key === undefined
        ? null
        : { version: key.routing_key === NEVER_USED ? null : key.routing_key, origin: key.origin },
    dedup_key: alert.dedup_key,
    limits: limitsOf(body, cuts),
    would_wait: [
      ...(settings.enabled ? [] : ['PAGERDUTY_ENABLED is false: nothing is sent']),
      ...('parked' in turn ? [turn.reason] : await blockOf(trx, turn.key, now)),
      ...(await aheadOf(trx, alert, state, queued, context)),
    ],
  };
}

/** Tries what would be asked for, and takes it all back; what each ask would send. Undefined: there is nothing to ask for. */
export async function rehearse(
  knex: Knex,
  ask: (trx: Knex.Transaction) => Promise<readonly Asked[] | undefined>,
  context: AdvanceContext,
): Promise<readonly Preview[] | undefined> {
  const trx = await knex.transaction();
  try {
    const asked = await ask(trx);
    if (asked === undefined) return undefined;
    const previews: Preview[] = [];
    for (const one of asked) previews.push(await previewOf(trx, one, context));
    return previews;
  } finally {
    await trx.rollback();
  }
}
