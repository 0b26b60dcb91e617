import { z } from 'zod';
import { hasServiceKey } from '../../../store/pagerduty/asked-key';
import { hasMirrored, keyBudgets, pagerdutyState, type PagerdutyState } from '../../../store/pagerduty/status';
import { sealedKeys } from '../../../store/pagerduty/sealed-keys';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { timeOut } from '../../http/schemas';
import type { IncidentsDeps } from '../incidents/deps';
import { defaultKeyOf } from './ask';
import { PAGERDUTY, TAGS } from './fields';

const switches = ['enabled', 'configured', 'auto_resolve'] as const;
const sendOn = ['send_on_event_create', 'send_on_incident_create', 'send_on_incident_update'] as const;
const texts = ['source', 'component', 'group'] as const;
const counts = ['pending', 'retrying', 'dead', 'left_to_people', 'held', 'differences'] as const;

const each = <K extends string, S extends z.ZodType>(names: readonly K[], schema: S): Record<K, S> =>
  Object.fromEntries(names.map((name) => [name, schema])) as Record<K, S>;

const schema = z
  .object({
    ...each([...switches, ...sendOn], z.boolean()),
    ...each(texts, z.string()),
    ...each(counts, z.int()),
    oldest_waiting: z.object({ since: timeOut, seconds: z.int() }).nullable(),
    last_success: timeOut.nullable(),
    budgets: z.array(
      z.object({
        routing_key: z.int(),
        origins: z.array(z.string()),
        ...each(['per_minute', 'used'], z.int()),
        blocked_until: timeOut.nullable(),
      }),
    ),
    webhooks: z.object({
      ...each(['last_received', 'last_refused'], timeOut.nullable()),
      ...each(['unmatched', 'refused_signatures'], z.int()),
    }),
    sealed_keys: z.array(z.string()).meta({ description: 'who needs routing keys that SECRET_KEY does not open' }),
    missing: z.array(z.object({ setting: z.string(), why: z.string() })),
  })
  .meta({ id: 'PagerdutyStatus' });

interface Missing {
  readonly setting: string;
  readonly why: string;
}

/** The settings without which something is left out. */
async function missingOf(
  { knex, incidents }: IncidentsDeps,
  configured: boolean,
  { webhooks }: PagerdutyState,
): Promise<readonly Missing[]> {
  const { pagerduty, webhookSecrets, hasApiToken } = incidents;
  const lacks = (is: boolean, setting: string, why: string): Missing[] => (is ? [{ setting, why }] : []);
  return [
    ...lacks(!pagerduty.enabled, 'PAGERDUTY_ENABLED', 'nothing is sent'),
    ...lacks(
      !configured,
      'PAGERDUTY_ROUTING_KEY',
      'no technical service has a routing key either: nothing can be sent',
    ),
    ...lacks(
      webhookSecrets.length === 0,
      'PAGERDUTY_WEBHOOK_SECRETS',
      'what people do in PagerDuty is not known here: its webhooks are refused',
    ),
    ...lacks(
      !hasApiToken && webhooks.unmatched > 0,
      'PAGERDUTY_API_TOKEN',
      `${webhooks.unmatched} webhooks named no dedup key: which alerts they are about has to be asked for`,
    ),
    ...lacks(
      pagerduty.baseUrl === undefined && (await hasMirrored(knex)),
      'BASE_URL',
      "alerts about NetBox's records have no link to them",
    ),
    ...lacks(pagerduty.publicUrl === undefined, 'PUBLIC_URL', 'alerts about records of our own have no link to them'),
  ];
}

/** How the sending to PagerDuty is set up, and how it goes. Nobody is asked outside. */
export const createStatusRoutes = (deps: IncidentsDeps): Endpoint[] => [
  endpoint({
    ...{ method: 'get', path: `${PAGERDUTY}status/`, tags: TAGS, scope: 'read' },
    summary: 'What is set up, what waits to be sent, and which settings are missing',
    responses: { 200: { description: 'The state of sending', schema } },
    handler: async (_input, { now }) => {
      const { knex, vault, incidents } = deps;
      const { enabled, sendOn: on, autoResolve, source, component, group, perMinute } = incidents.pagerduty;
      const configured = incidents.routingKey !== undefined || (await hasServiceKey(knex));
      const state = await pagerdutyState(knex, now);
      return {
        body: {
          ...{ enabled, configured, send_on_event_create: on.event, send_on_incident_create: on['incident-created'] },
          ...{ send_on_incident_update: on['incident-changed'], auto_resolve: autoResolve, source, component, group },
          ...state,
          budgets: await keyBudgets(knex, perMinute, await defaultKeyOf(deps), now),
          sealed_keys: await sealedKeys(knex, vault),
          missing: await missingOf(deps, configured, state),
        },
      };
    },
  }),
];
