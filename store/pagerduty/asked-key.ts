import type { Knex } from 'knex';
import { isOpen } from './alert-state';
import type { Asked } from './asks';
import { pickKey, servicesOf } from './subject';

/** Whether there is no routing key that what was asked for could be sent with. */
export async function isKeyless(trx: Knex, { alert, action }: Asked, defaultKey: number | undefined): Promise<boolean> {
  // What belongs to an open alert is sent with the key of its trigger.
  const opens = action === 'trigger' && !isOpen(alert.told);
  if (!opens && alert.routing_key !== null) return false;
  return pickKey(await servicesOf(trx, alert), defaultKey) === undefined;
}

/** Whether there is any routing key besides PAGERDUTY_ROUTING_KEY. */
export async function hasServiceKey(knex: Knex): Promise<boolean> {
  const rows = await knex('incident_service').whereNotNull('routing_key').limit(1).select<{ id: number }[]>('id');
  return rows.length > 0;
}
