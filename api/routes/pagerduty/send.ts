import { z } from 'zod';
import { askForEvent, askForIncident, askForKey, askToResolveEvent, type Asked } from '../../../store/pagerduty/asks';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { name, waitQuery } from '../../http/schemas';
import { notFound } from '../../problem';
import type { IncidentsDeps } from '../incidents/deps';
import { answerWanted } from './ask';
import { dryRun, PAGERDUTY, recordId, SENDING, TAGS } from './fields';

const ACTIONS = ['trigger', 'acknowledge', 'resolve'] as const;
const missing = { ...SENDING, 404: { description: 'There is no such record' } };
const common = { method: 'post', tags: TAGS, scope: 'write', creates: true } as const;
const only = (asked: Asked | undefined): readonly Asked[] | undefined => (asked === undefined ? undefined : [asked]);

/** A dedup key; one that is longer than PagerDuty takes is known by its hash. */
export const dedupKey = name(10_000);

const sendEvent = (deps: IncidentsDeps): Endpoint =>
  endpoint({
    ...{ ...common, path: `${PAGERDUTY}send-event/`, responses: missing },
    summary: 'Send an event under its own dedup key: a trigger while it is triggered, else a resolve',
    request: { query: waitQuery, body: z.strictObject({ event_id: recordId, dry_run: dryRun }) },
    handler: ({ body: { event_id, dry_run }, query: { wait } }, context) =>
      answerWanted(
        deps,
        context,
        { wait, dryRun: dry_run },
        {
          ask: async (trx, who) => only(await askForEvent(trx, event_id, who)),
          missing: () => notFound('event', event_id),
          about: { event_id },
        },
      ),
  });

const sendIncident = (deps: IncidentsDeps): Endpoint =>
  endpoint({
    ...{ ...common, path: `${PAGERDUTY}send-incident/`, responses: missing },
    summary: 'Send an incident under the dedup key that carries it',
    request: {
      query: waitQuery,
      body: z.strictObject({ incident_id: recordId, action: z.enum(ACTIONS).default('trigger'), dry_run: dryRun }),
    },
    handler: ({ body: { incident_id, action, dry_run }, query: { wait } }, context) =>
      answerWanted(
        deps,
        context,
        { wait, dryRun: dry_run },
        {
          ask: async (trx, who) => only(await askForIncident(trx, incident_id, action, who)),
          missing: () => notFound('incident', incident_id),
          about: { incident_id },
        },
      ),
  });

const resolveBody = z
  .strictObject({ event_id: recordId.optional(), dedup_key: dedupKey.optional(), dry_run: dryRun })
  .transform(({ event_id, dedup_key, dry_run }, ctx) => {
    if (event_id !== undefined) return { event_id, dry_run } as const;
    if (dedup_key !== undefined) return { dedup_key, dry_run } as const;
    ctx.addIssue({ code: 'custom', path: ['event_id'], message: 'expected this or dedup_key' });
    return z.NEVER;
  });

const resolveEvent = (deps: IncidentsDeps): Endpoint =>
  endpoint({
    ...{ ...common, path: `${PAGERDUTY}resolve-event/`, responses: missing },
    summary: 'Resolve the alert that carries an event, or the one of a dedup key; with both, that of the event',
    request: { query: waitQuery, body: resolveBody },
    handler: ({ body, query: { wait } }, context) => {
      const how = { wait, dryRun: body.dry_run };
      if ('dedup_key' in body) {
        const { dedup_key } = body;
        const wish = { action: 'resolve', severity: 'info' } as const;
        return answerWanted(deps, context, how, {
          ask: async (trx, who) => [await askForKey(trx, dedup_key, wish, who)],
          missing: () => notFound('alert', dedup_key),
        });
      }
      const { event_id } = body;
      return answerWanted(deps, context, how, {
        ask: async (trx, who) => only(await askToResolveEvent(trx, event_id, who)),
        missing: () => notFound('event', event_id),
        about: { event_id },
      });
    },
  });

/** Sending records, and resolving what was sent. */
export const createSendRoutes = (deps: IncidentsDeps): Endpoint[] => [
  sendEvent(deps),
  sendIncident(deps),
  resolveEvent(deps),
];
