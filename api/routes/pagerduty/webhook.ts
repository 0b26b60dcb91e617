import { z } from 'zod';
import { countRefused, takeWebhook } from '../../../store/pagerduty/webhooks';
import { endpoint, type Context, type Endpoint } from '../../http/endpoint';
import { isSignedByPagerduty } from '../../http/webhook-signature';
import { invalidRequest, Problem } from '../../problem';
import { BUSINESS, type IncidentsDeps } from '../incidents/deps';
import { pagerdutyBody, readPagerdutyWebhook } from './webhook-body';

/** PagerDuty drops what is larger than 256 KB (docs, Webhooks, "Behavior"). */
const LARGEST_BODY = 1024 * 1024;

const answerSchema = z.object({
  status: z.enum(['accepted', 'repeated']),
  outcome: z.enum(['handled', 'unchanged', 'ignored', 'looking-up', 'unmatched']).optional(),
  reason: z.string().nullable().optional(),
});

const WARNING =
  'a webhook of PagerDuty was refused: its signature fits none of PAGERDUTY_WEBHOOK_SECRETS; after three refusals in a row PagerDuty disables the subscription for a day';

/** Throws a 400 where nothing can be verified, and a 403 where the signature is that of nobody we know. */
async function requireSignature(
  { knex, incidents }: IncidentsDeps,
  { rawBody, header, now, log }: Context,
): Promise<void> {
  const signature = header('x-pagerduty-signature');
  if (signature === undefined || signature.trim() === '')
    throw invalidRequest({ 'X-PagerDuty-Signature': ['is required'] });
  if (rawBody.length === 0) throw invalidRequest({ body: ['is required'] });
  if (isSignedByPagerduty(rawBody, signature, incidents.webhookSecrets)) return;
  const isUnset = incidents.webhookSecrets.length === 0;
  if (await countRefused(knex, now)) log.warn({ secrets: incidents.webhookSecrets.length }, WARNING);
  throw new Problem(
    'forbidden',
    isUnset
      ? 'webhooks of PagerDuty cannot be verified: expected the setting PAGERDUTY_WEBHOOK_SECRETS'
      : 'X-PagerDuty-Signature is that of another secret or body',
  );
}

/** Where PagerDuty tells what people did there. */
export const createPagerdutyWebhookRoutes = (deps: IncidentsDeps): Endpoint[] => [
  endpoint({
    method: 'post',
    path: `${BUSINESS}pagerduty/webhook/`,
    summary: "Take a webhook of PagerDuty's (V3): what people did there",
    tags: ['pagerduty'],
    scope: 'public',
    largestBody: LARGEST_BODY,
    request: { body: pagerdutyBody },
    responses: {
      200: { description: 'It was taken before', schema: answerSchema },
      202: { description: 'It was taken, and what follows from it is kept', schema: answerSchema },
      403: { description: 'The signature is that of no secret of ours' },
      503: { description: 'PostgreSQL is away: PagerDuty sends it again' },
    },
    handler: async ({ body }, context) => {
      await requireSignature(deps, context);
      const webhook = readPagerdutyWebhook(body, context.header('x-webhook-id'), context.now);
      const { pagerduty: settings, hasApiToken: canLookUp } = deps.incidents;
      const taken = await takeWebhook(deps.knex, webhook, { settings, canLookUp, now: context.now });
      if (taken === undefined) return { body: { status: 'repeated' } };
      deps.tell();
      const { outcome, reason } = taken;
      return { status: 202, body: { status: 'accepted', outcome, reason } };
    },
  }),
];
