import { z } from 'zod';
import { MAINTENANCES } from '../../../store/incidents/lists';
import { lookAgain, windowWith } from '../../../store/incidents/maintenance';
import { MAINTENANCE } from '../../../store/incidents/tables';
import type { RecordKind } from '../../http/records';
import { reference, text, time } from '../../http/schemas';
import { invalidRequest } from '../../problem';
import { BUSINESS } from './deps';

/** Windows in which nobody is paged for what is new: of one service, or of all. */
export const MAINTENANCE_KIND: RecordKind = {
  path: `${BUSINESS}maintenance/`,
  label: 'maintenance',
  schemaId: 'Maintenance',
  tags: ['incidents'],
  source: MAINTENANCES,
  table: MAINTENANCE,
  fields: {
    description: text(10_000),
    contact: text(255),
    technical_service: reference.nullable().meta({ description: 'null: the window is for all of them' }),
    status: z.enum(['planned', 'started', 'finished', 'canceled']),
    planned_start: time,
    planned_end: time,
  },
  defaults: { description: '', contact: '', technical_service: null, status: 'planned' },
  stored: async (trx, values, _writer, id) => {
    const window = await windowWith(trx, values, id);
    if (window === undefined || window.start < window.end) return values;
    throw invalidRequest({ planned_end: ['expected a time after planned_start'] });
  },
  afterwards: (trx, { username, now }) => lookAgain(trx, 'maintenance was changed', { actor: username, now }),
};
