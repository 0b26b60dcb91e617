import { MockActivityEnvironment } from '@temporalio/testing';
import { createPagerdutyClient } from '../../../activities/pagerduty/client';
import { createClientActivities } from '../../../activities/pagerduty/client-activities';
import { keepDefaultKey } from '../../../activities/pagerduty/default-key';
import type { QueuedSend } from '../../../workflows/incident/activities';
import { createVault } from '../../../store/secrets';
import { TEST_SECRET_KEY } from '../../helpers/api';
import { createIncidentSite, type IncidentSite } from '../../helpers/incident-site';
import { pagerdutyCalls, type PagerdutyCalls } from '../../helpers/pagerduty-calls';

let site: IncidentSite;
let calls: PagerdutyCalls;

beforeAll(async () => {
  site = await createIncidentSite();
  calls = pagerdutyCalls(site);
});
afterAll(() => site.close());

const clock = () => new Date();

/** A client as code makes it. */
function client(options: { readonly enabled?: boolean; readonly hasKey?: boolean } = {}) {
  const { enabled = true, hasKey = true } = options;
  const settings = { ...site.settings.pagerduty, enabled };
  const routingKey = hasKey ? site.settings.routingKey : undefined;
  const vault = createVault(TEST_SECRET_KEY);
  return createPagerdutyClient(
    { knex: site.knex, settings, clock },
    keepDefaultKey({ ...{ knex: site.knex, vault, clock }, routingKey }),
  );
}

const TRIGGER = { summary: 'Database connection failed', severity: 'critical', source: 'db-server-01' } as const;

test('code triggers, acknowledges and resolves in order', async () => {
  const pagerduty = client();
  const { dedup_key, job_id } = await pagerduty.trigger({ ...TRIGGER, dedup_key: 'db-conn-001', class: 'db' });
  expect(dedup_key).toBe('db-conn-001');
  await pagerduty.acknowledge({ dedup_key });
  const resolved = await pagerduty.resolve({ dedup_key });
  await site.settled();
  expect(site.told('db-conn-001')).toEqual(['trigger', 'acknowledge', 'resolve']);
  expect(site.fake.log.events({ dedup_key })[0]?.body).toMatchObject({ payload: { ...TRIGGER, class: 'db' } });
  for (const id of [job_id, resolved.job_id])
    expect((await site.api.get(`/api/core/jobs/${id}/`)).body).toMatchObject({ status: 'completed' });
});

test('code sends records as the endpoints do', async () => {
  const event_id = await calls.event({ dedup_id: 'by-code', status: 'ok' });
  const incident_id = await calls.incident();
  await client().sendEvent(event_id);
  await client().sendIncident(incident_id, 'acknowledge');
  await site.settled();
  expect(site.told('netbox-event-by-code')).toEqual(['resolve']);
  expect(site.told(`netbox-incident-${incident_id}`)).toEqual(['trigger', 'acknowledge']);
});

test('a repeated activity asks once, also for a trigger without a dedup key', async () => {
  const activities = createClientActivities(client());
  const info = { activityId: '7', workflowExecution: { workflowId: 'a-workflow', runId: 'a-run' } };
  const triggerAs = async (activityId: string): Promise<QueuedSend> =>
    new MockActivityEnvironment({ ...info, activityId }).run(() => activities.pagerdutyTrigger(TRIGGER));
  const first = await triggerAs('7');
  expect(await triggerAs('7')).toEqual(first);
  const other = await triggerAs('8');
  expect(other.dedup_key).not.toBe(first.dedup_key);
  await site.settled();
  expect(site.told(first.dedup_key)).toEqual(['trigger']);
  const resolve = () => activities.pagerdutyResolve({ dedup_key: first.dedup_key });
  await new MockActivityEnvironment({ ...info, activityId: '9' }).run(resolve);
  await site.settled();
  expect(site.told(first.dedup_key)).toEqual(['trigger', 'resolve']);
});

test('code fails with a type that says why nothing is sent', async () => {
  const failure = (code: string) => expect.objectContaining({ code, retryable: false });
  await expect(client({ enabled: false }).trigger(TRIGGER)).rejects.toEqual(failure('PAGERDUTY_DISABLED'));
  await expect(client({ hasKey: false }).trigger(TRIGGER)).rejects.toEqual(failure('PAGERDUTY_NO_KEY'));
  await expect(client().sendEvent(4)).rejects.toEqual(failure('PAGERDUTY_UNKNOWN_RECORD'));
  await expect(client().sendIncident(4)).rejects.toEqual(failure('PAGERDUTY_UNKNOWN_RECORD'));
  await expect(client().trigger({ ...TRIGGER, summary: ' ' })).rejects.toEqual(failure('PAGERDUTY_INVALID'));
  await expect(client().trigger({ ...TRIGGER, severity: 'bad' as never })).rejects.toEqual(
    failure('PAGERDUTY_INVALID'),
  );
  await expect(client().resolve({ dedup_key: '' })).rejects.toEqual(failure('PAGERDUTY_INVALID'));
});
