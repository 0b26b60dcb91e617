import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { askForKey } from '../../../store/pagerduty/asks';
import type { Content } from '../../../store/pagerduty/facts';
import { madeDedupKey } from '../../../store/pagerduty/keys';
import type { PagerdutySettings } from '../../../store/pagerduty/settings';
import { SEVERITIES } from '../../../store/pagerduty/severity';
import { document } from '../../http/document';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { anyCase, name, waitQuery } from '../../http/schemas';
import { notFound, type Problem } from '../../problem';
import type { IncidentsDeps } from '../incidents/deps';
import { answerWanted, type Ask } from './ask';
import { dryRun, PAGERDUTY, SENDING, TAGS } from './fields';
import { dedupKey } from './send';

/** Details may be larger than PagerDuty takes: they are cut, and said to be. */
const LARGEST_BODY = 4 * 1024 * 1024;
/** Likewise the summary; this only bounds what is kept of it. */
const LONGEST_SUMMARY = 100_000;
const TEST_KEY = 'netbox-test-event';

const common = { method: 'post', tags: TAGS, scope: 'write', creates: true, responses: SENDING } as const;
/** Never happens: an alert is made where there is none. */
const missing = (): Problem => notFound('alert', '');

const body = z.strictObject({
  summary: name(LONGEST_SUMMARY),
  severity: anyCase(SEVERITIES).default('warning'),
  source: name(255).optional(),
  dedup_key: dedupKey.optional(),
  component: name(255).optional(),
  group: name(255).optional(),
  event_class: name(255).default('custom'),
  custom_details: document.optional(),
  dry_run: dryRun,
});

function contentOf(asked: z.output<typeof body>, settings: PagerdutySettings): Content {
  const { source = settings.source, component = settings.component, group = settings.group } = asked;
  const { summary, event_class, custom_details } = asked;
  const content = { summary, source, component, group, class: event_class };
  return custom_details === undefined ? content : { ...content, custom_details };
}

const triggerCustom = (deps: IncidentsDeps): Endpoint =>
  endpoint({
    ...{ ...common, path: `${PAGERDUTY}trigger-custom/`, largestBody: LARGEST_BODY },
    summary: 'Trigger an alert about no record; without a dedup key, one is made and answered',
    request: { query: waitQuery, body },
    handler: ({ body: asked, query: { wait } }, context) => {
      const { severity, dedup_key = madeDedupKey(randomUUID()), dry_run } = asked;
      const content = contentOf(asked, deps.incidents.pagerduty);
      const wish = { action: 'trigger', severity, content } as const;
      const ask: Ask = async (trx, who) => [await askForKey(trx, dedup_key, wish, who)];
      return answerWanted(deps, context, { wait, dryRun: dry_run }, { ask, missing });
    },
  });

const test = (deps: IncidentsDeps): Endpoint =>
  endpoint({
    ...{ ...common, path: `${PAGERDUTY}test/` },
    summary: 'Trigger a test alert and resolve it at once; the job is done when PagerDuty has taken both',
    request: { query: waitQuery, body: z.strictObject({ dry_run: dryRun }) },
    handler: ({ body: { dry_run }, query: { wait } }, context) => {
      const { source, component, group } = deps.incidents.pagerduty;
      const content = { summary: 'Test of the connection to PagerDuty', source, component, group, class: 'test' };
      const severity = 'info';
      const ask: Ask = async (trx, who) => [
        await askForKey(trx, TEST_KEY, { action: 'trigger', severity, content }, who),
        await askForKey(trx, TEST_KEY, { action: 'resolve', severity }, who),
      ];
      return answerWanted(deps, context, { wait, dryRun: dry_run }, { ask, missing });
    },
  });

/** Alerts about no record. */
export const createCustomRoutes = (deps: IncidentsDeps): Endpoint[] => [test(deps), triggerCustom(deps)];
