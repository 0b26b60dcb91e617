import { z } from 'zod';
import { hasServiceKey } from '../../../store/pagerduty/asked-key';
import { askForEvent } from '../../../store/pagerduty/asks';
import { rehearse, type Preview } from '../../../store/pagerduty/preview';
import { endpoint, type Answer, type Context, type Endpoint } from '../../http/endpoint';
import { jobAnswer, jobSchema } from '../../http/job-answer';
import { waitQuery } from '../../http/schemas';
import { Problem } from '../../problem';
import { startBulk } from '../../temporal/bulk';
import { requirePagerduty, whoOf, type IncidentsDeps } from '../incidents/deps';
import { advanceContext, keyless } from './ask';
import { dryRun, FAILURES, PAGERDUTY, previewSchema, recordId, TAGS } from './fields';

const MOST_EVENTS = 1000;

const body = z.strictObject({
  event_ids: z
    .array(recordId)
    .min(1, 'expected at least one id')
    .transform((ids) => [...new Set(ids)])
    .meta({ description: `1 to ${MOST_EVENTS}, each counted once` }),
  dry_run: dryRun,
});

const previewsSchema = z.object({
  dry_run: z.literal(true),
  total_requested: z.int(),
  not_found_count: z.int(),
  results: z.object({
    previews: z.array(previewSchema.extend({ event_id: z.int() })),
    not_found: z.array(z.int()),
  }),
});

/** Each in a transaction of its own, one after the other: the rest of the product goes on beside it. */
async function dryAnswer(deps: IncidentsDeps, context: Context, event_ids: readonly number[]): Promise<Answer> {
  const now = await advanceContext(deps, context.now);
  const previews: (Preview & { readonly event_id: number })[] = [];
  const not_found: number[] = [];
  for (const event_id of event_ids) {
    const found = await rehearse(
      deps.knex,
      async (trx) => {
        const asked = await askForEvent(trx, event_id, whoOf(context));
        return asked === undefined ? undefined : [asked];
      },
      now,
    );
    if (found?.[0] === undefined) not_found.push(event_id);
    else previews.push({ event_id, ...found[0] });
  }
  const counts = { total_requested: event_ids.length, not_found_count: not_found.length };
  return { body: { dry_run: true, ...counts, results: { previews, not_found } } };
}

/** Sending many events. */
export const createBulkRoutes = (deps: IncidentsDeps): Endpoint[] => [
  endpoint({
    ...{ method: 'post', path: `${PAGERDUTY}bulk-send-events/`, tags: TAGS, scope: 'write', creates: true },
    summary: 'Send many events, each under its own dedup key; canceling the job ends the waiting, not the sending',
    request: { query: waitQuery, body },
    responses: {
      200: {
        description:
          'With wait: the job, completed; its result counts and names what became of each event. With dry_run: what would be sent',
        schema: z.union([jobSchema, previewsSchema]),
      },
      202: { description: 'The job', schema: jobSchema },
      ...FAILURES,
      413: { description: `More than ${MOST_EVENTS} events` },
    },
    handler: async ({ body: { event_ids, dry_run }, query: { wait } }, context) => {
      if (event_ids.length > MOST_EVENTS)
        throw new Problem('body-too-large', `event_ids: ${event_ids.length} events: expected at most ${MOST_EVENTS}`);
      if (dry_run) return dryAnswer(deps, context, event_ids);
      requirePagerduty(deps.incidents);
      if (deps.incidents.routingKey === undefined && !(await hasServiceKey(deps.knex))) throw keyless();
      const job = await startBulk(deps, { event_ids, actor: whoOf(context).actor }, context.now);
      return jobAnswer(deps, job, context, wait);
    },
  }),
];
