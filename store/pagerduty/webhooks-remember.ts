import type { Knex } from 'knex';
import { writeEntry } from './alerts';
import { foresee } from './listen';
import { isStale, lockAlerts, type Said } from './said';
import { mayBeOpen } from './said-effect';
import type { PagerdutySettings } from './settings';

/** In which incident of PagerDuty's alerts are, since when. */
interface Place {
  readonly pagerduty_incident: string;
  readonly occurred_at: string;
}

/** Remembers in which incident of PagerDuty's open alerts are. */
export async function remember(
  trx: Knex,
  ids: readonly number[],
  { pagerduty_incident, occurred_at }: Place,
  settings: PagerdutySettings,
  now: Date,
): Promise<readonly Said[]> {
  const results: Said[] = [];
  for (const { alert } of await lockAlerts(trx, ids)) {
    const { id, event, incident } = alert;
    const unchanged = isStale(alert, occurred_at)
      ? 'stale: it happened before the latest trigger'
      : !mayBeOpen(await foresee(trx, alert, settings))
        ? 'not open here'
        : alert.pagerduty_incident === pagerduty_incident
          ? 'known already'
          : undefined;
    results.push({ alert: id, ...(unchanged === undefined ? {} : { unchanged }) });
    if (unchanged !== undefined) continue;
    await trx('pagerduty_alert').where({ id }).update({ pagerduty_incident });
    const detail = `PagerDuty has it in its incident ${pagerduty_incident}`;
    const entry = { kind: 'note', action: 'note', actor: 'PagerDuty', detail, alert: id, event, incident } as const;
    await writeEntry(trx, entry, now);
  }
  return results;
}
