import { z } from 'zod';
import { jobSchema } from '../../http/job-answer';
import { BUSINESS } from '../incidents/deps';

/** What the endpoints of PagerDuty have in common. */

export const PAGERDUTY = `${BUSINESS}pagerduty/`;
export const TAGS = ['pagerduty'] as const;

/** The id of a record: an integer, or its digits as text, as forms send it. */
export const recordId = z
  .union([z.number(), z.string()], 'expected an id: an integer from 1, or its digits')
  .transform((value, ctx) => {
    const id = typeof value === 'string' && !/^\d{1,16}$/.test(value) ? NaN : Number(value);
    if (Number.isSafeInteger(id) && id > 0) return id;
    ctx.addIssue({ code: 'custom', message: 'expected an id: an integer from 1, or its digits' });
    return z.NEVER;
  })
  .meta({ type: ['integer', 'string'], minimum: 1, pattern: '^[0-9]{1,16}$' });

/** Whether only to say what would be sent. */
export const dryRun = z.boolean().default(false);

/** A job, and what is sent. */
export const sendJobSchema = jobSchema
  .extend({ dedup_key: z.string(), event_id: z.int().optional(), incident_id: z.int().optional() })
  .meta({ id: 'PagerdutySend' });

const limit = z.object({ length: z.int(), longest: z.int() });

/** What a dry run answers. */
export const previewSchema = z
  .object({
    dry_run: z.literal(true),
    payload: z.looseObject({}),
    routing_key: z.object({ version: z.int().nullable(), origin: z.string() }).nullable(),
    dedup_key: z.string(),
    limits: z.object({
      summary: limit,
      dedup_key: limit,
      bytes: z.object({ size: z.int(), largest: z.int() }),
      cuts: z.array(z.string()),
    }),
    would_wait: z.array(z.string()),
  })
  .meta({ id: 'PagerdutyPreview' });

/** How endpoints that send fail. */
export const FAILURES = {
  400: { description: 'The body is not valid, or a setting is missing: PAGERDUTY_ENABLED or PAGERDUTY_ROUTING_KEY' },
  409: { description: 'With wait: it was superseded, or sending was switched off meanwhile' },
  502: { description: 'With wait: PagerDuty refuses it' },
} as const;

/** What endpoints that send answer. */
export const SENDING = {
  200: {
    description: 'With wait: the job, completed. With dry_run: what would be sent',
    schema: z.union([sendJobSchema, previewSchema]),
  },
  202: { description: 'It is queued: the job is done when PagerDuty has taken it', schema: sendJobSchema },
  ...FAILURES,
} as const;
