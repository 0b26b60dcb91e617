import { z } from 'zod';
import type { EventValues } from '../../../store/incidents/event-records';
import { EVENTS } from '../../../store/incidents/lists';
import { CRITICALITIES, type Criticality } from '../../../store/pagerduty/severity';
import { EVENT_STATUSES } from '../../../store/incidents/statuses';
import type { Values } from '../../../store/records';
import { document } from '../../http/document';
import { bodySchema } from '../../http/record-body';
import { anyCase, name, reference } from '../../http/schemas';

const criticality = anyCase(Object.keys(CRITICALITIES) as Criticality[]);

const FIELDS = {
  message: name(4096),
  dedup_id: name(255),
  status: z.enum(EVENT_STATUSES),
  criticality,
  criticallity: criticality,
  event_source: reference.nullable(),
  technical_service: reference.nullable(),
  target_type: name(100).nullable(),
  target: name(255).nullable(),
  raw: document.nullable(),
  is_valid: z.boolean(),
};

/** What a replaced event has where nothing is said of it. What PagerDuty is told by stays instead: status and criticality. */
export const EVENT_DEFAULTS: EventValues = {
  ...{ event_source: null, technical_service: null, target_type: null, target: null, raw: null, is_valid: true },
};

const isRequired = (field: string): boolean => field === 'message' || field === 'dedup_id';

/** The criticality, by the one or the other spelling: ours, or that of the plugin. */
const body = (optional: (field: string) => boolean): z.ZodType<Values> =>
  bodySchema({ fields: FIELDS, source: EVENTS }, optional).transform((values, ctx): Values => {
    const { criticallity, ...others } = values;
    const { criticality: given } = others;
    if (criticallity === undefined) return others;
    if (given === undefined || given === criticallity) return { ...others, criticality: criticallity };
    ctx.addIssue({
      code: 'custom',
      path: ['criticallity'],
      message: 'expected the same as criticality, or one of both',
    });
    return z.NEVER;
  });

/** An event as it is posted or replaced. */
export const eventBody = body((field) => !isRequired(field)) as z.ZodType<
  EventValues & Required<Pick<EventValues, 'dedup_id' | 'message'>>
>;

/** What is changed of an event. */
export const eventPatch = body(() => true) as z.ZodType<EventValues>;
