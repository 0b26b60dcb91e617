import { lookAgain } from '../../store/incidents/maintenance';
import type { IncidentClock } from './incident-clock';

/** Windows as the API writes them: alerts that wait look again in the same transaction. */

interface Window {
  readonly technical_service?: number;
  /** From now until its end. */
  readonly seconds?: number;
  readonly status?: string;
}

type Write = (trx: IncidentClock['knex']) => Promise<unknown>;

const endOf = ({ now }: IncidentClock, seconds: number): string =>
  new Date(now().getTime() + seconds * 1000).toISOString();

const written = (clock: IncidentClock, write: Write): Promise<void> =>
  clock.knex.transaction(async (trx) => {
    await write(trx);
    await lookAgain(trx, 'maintenance', { actor: 'tests', now: clock.now() });
  });

/** Plans a window that begins now; its id. */
export async function planMaintenance(clock: IncidentClock, { seconds = 0, ...values }: Window): Promise<number> {
  const at = clock.now().toISOString();
  await written(clock, (trx) =>
    trx('incident_maintenance').insert({
      ...{ description: '', contact: '', status: 'planned', created: at, last_updated: at, ...values },
      ...{ planned_start: at, planned_end: endOf(clock, seconds) },
    }),
  );
  const row = await clock.knex<{ id: number }>('incident_maintenance').max<{ id: number }>('id AS id').first();
  return row!.id;
}

/** Moves the end of a window, or says that it is over. */
export const changeMaintenance = (clock: IncidentClock, id: number, { seconds, ...values }: Window): Promise<void> =>
  written(clock, (trx) =>
    trx('incident_maintenance')
      .where({ id })
      .update({ ...values, ...(seconds === undefined ? {} : { planned_end: endOf(clock, seconds) }) }),
  );

/** Deletes a window. */
export const removeMaintenance = (clock: IncidentClock, id: number): Promise<void> =>
  written(clock, (trx) => trx('incident_maintenance').where({ id }).delete());
