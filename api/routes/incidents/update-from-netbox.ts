import { z } from 'zod';
import { mirrorEvent, type Unmirrored } from '../../../store/incidents/mirror-event';
import { mirrorIncident } from '../../../store/incidents/mirror-incident';
import type { Who } from '../../../store/incidents/who';
import { endpoint, type Answer, type Context, type Endpoint } from '../../http/endpoint';
import { isSignedByNetbox } from '../../http/webhook-signature';
import { Problem } from '../../problem';
import { BUSINESS, type IncidentsDeps, type IncidentSettings } from './deps';
import { pluginBody, readPluginWebhook, type PluginWebhook } from './update-from-netbox-body';
import { mirroredEvent, mirroredIncident } from './update-from-netbox-objects';

/** An event's raw data may be of any size, and comes up to three times. */
const LARGEST_BODY = 8 * 1024 * 1024;

const acceptedSchema = z.object({
  status: z.literal('accepted'),
  event_id: z.int().optional(),
  incident_id: z.int().optional(),
  outcome: z.enum(['created', 'updated', 'stale']).meta({ description: 'stale: it is older than what is known' }),
});
const ignoredSchema = z.object({ status: z.literal('ignored'), reason: z.string() });

function requireSignature({ netboxSecrets }: IncidentSettings, { rawBody, header }: Context): void {
  if (netboxSecrets.length === 0 || isSignedByNetbox(rawBody, header('x-hook-signature'), netboxSecrets)) return;
  throw new Problem('forbidden', 'X-Hook-Signature is missing, or is that of another secret or body');
}

type Mirrored = Unmirrored | { readonly event_id: number; readonly outcome: string } | { readonly incident_id: number };

/** Keeps what NetBox says; undefined: its status is none that we know. */
async function mirror(
  { knex, incidents }: IncidentsDeps,
  webhook: PluginWebhook,
  who: Who,
): Promise<Mirrored | undefined> {
  if (webhook.kind === 'incident') {
    const incident = mirroredIncident(webhook);
    return incident === undefined ? undefined : mirrorIncident(knex, incident, who);
  }
  const event = mirroredEvent(webhook);
  if (event === undefined) return undefined;
  const taken = await mirrorEvent(knex, event, incidents.join, who);
  return 'ignored' in taken ? taken : { event_id: taken.event_id, outcome: taken.outcome };
}

const ignored = (reason: string): Answer => ({ body: { status: 'ignored', reason } });

/** Where NetBox's webhooks about the plugin's events and incidents arrive. */
export const createNetboxRoutes = (deps: IncidentsDeps): Endpoint[] => [
  endpoint({
    method: 'post',
    path: `${BUSINESS}update-from-netbox/`,
    summary: "Take a webhook of NetBox's about an event or an incident of the plugin, which is kept under its id",
    tags: ['incidents'],
    scope: 'write',
    largestBody: LARGEST_BODY,
    request: { body: pluginBody },
    responses: {
      200: { description: 'It is of another object, or has a status that is not known', schema: ignoredSchema },
      202: { description: 'It is kept', schema: acceptedSchema },
    },
    handler: async ({ body }, context) => {
      requireSignature(deps.incidents, context);
      const webhook = readPluginWebhook(body, context.now);
      if ('object' in webhook) return ignored(`${webhook.object} is neither event nor incident of the plugin`);
      const actor = webhook.username === undefined ? 'NetBox' : `${webhook.username.slice(0, 150)} in NetBox`;
      const taken = await mirror(deps, webhook, { actor, now: context.now });
      if (taken === undefined) {
        const { kind, id, status } = webhook;
        context.log.warn({ [`${kind}_id`]: id, status: status?.slice(0, 100) }, 'a status of NetBox is not known');
        return ignored(`the status ${String(status).slice(0, 100)} of ${kind} ${id} is not known: it changes nothing`);
      }
      if ('ignored' in taken) return ignored(taken.ignored);
      deps.tell();
      return { status: 202, body: { status: 'accepted', ...taken } };
    },
  }),
];
