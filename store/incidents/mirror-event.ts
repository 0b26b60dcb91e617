import type { Knex } from 'knex';
import { transact } from '../transact';
import { writeEntry } from '../pagerduty/alerts';
import { lockEvent, type EventReport } from './event-rows';
import { takeReports, type Reported } from './events';
import type { JoinSettings } from './join';
import type { Who } from './who';

/** Events as NetBox has them. */

/** What NetBox says of one of its events. */
export interface MirroredEvent extends EventReport {
  readonly id: number;
  /** It is gone in NetBox, and over with that, whatever its status was. */
  readonly is_deleted: boolean;
}

/** Why nothing became of what NetBox said. */
export interface Unmirrored {
  readonly ignored: string;
}

/**
 * Takes what NetBox says of an event. It makes no incident of ours: NetBox has its own, and an event that is paged already
 * hands its page to the one that it joins. A deleted one that was open is kept, so that what is still on its way opens none.
 */
export const mirrorEvent = (
  knex: Knex,
  { is_deleted, ...report }: MirroredEvent,
  settings: JoinSettings,
  who: Who,
): Promise<Reported | Unmirrored> =>
  transact(knex, async (trx) => {
    const known = await lockEvent(trx, report);
    if (is_deleted && known !== undefined && known.id !== report.id)
      return { ignored: `event ${known.id} has the dedup_id of event ${report.id}, and goes on` };
    if (is_deleted && known === undefined && report.status !== 'triggered')
      return { ignored: `event ${report.id} is not known here, and was over` };
    const said: EventReport = is_deleted ? { ...report, status: 'ok' } : report;
    const [taken] = await takeReports(trx, [said], { ...settings, autoCreate: false }, who);
    if (!taken) throw new Error('a report of an event came to nothing');
    if (is_deleted && known !== undefined && known.status !== 'ok') {
      const about = { event: taken.event_id, incident: taken.incident_id };
      const entry = { kind: 'note', action: 'note', actor: who.actor, detail: 'deleted in NetBox', ...about } as const;
      await writeEntry(trx, entry, who.now);
    }
    return taken;
  });
