import { createVault } from '../../../store/secrets';
import { FAKE_ROUTING_KEY } from '../../fakes/pagerduty/keys';
import { TEST_SECRET_KEY } from '../../helpers/api';
import { createIncidentSite, type IncidentSite, type IncidentSiteOptions } from '../../helpers/incident-site';
import { pagerdutyCalls, type PagerdutyCalls } from '../../helpers/pagerduty-calls';
import { changeIncident } from '../../../store/incidents/incidents';

let site: IncidentSite;
let calls: PagerdutyCalls;

/** A site with other settings. */
async function open(options: IncidentSiteOptions): Promise<void> {
  site = await createIncidentSite(options);
  calls = pagerdutyCalls(site);
}
afterEach(() => site.close());

const resolve = (id: number) =>
  site.knex.transaction((trx) => changeIncident(trx, id, { status: 'resolved' }, { actor: 'noc', now: new Date() }));

test('while sending is disabled the endpoints say which setting that is, and dry runs go on', async () => {
  await open({ pagerduty: { enabled: false } });
  const event_id = await calls.event({ dedup_id: 'disabled' });
  const incident_id = await calls.incident();
  const asked: [string, object][] = [
    ['test/', {}],
    ['send-event/', { event_id }],
    ['send-incident/', { incident_id }],
    ['resolve-event/', { event_id }],
    ['trigger-custom/', { summary: 'by hand' }],
    ['bulk-send-events/', { event_ids: [event_id] }],
    ['dead-letters/1/replay/', {}],
  ];
  for (const [path, body] of asked) {
    const answer = await calls.post(path, body);
    expect([path, answer.status, answer.body.type]).toEqual([path, 400, 'urn:crossconnect:problem:pagerduty-off']);
    expect(answer.body.detail).toContain('PAGERDUTY_ENABLED');
    if (path.startsWith('dead-letters')) continue;
    expect([path, (await calls.post(path, { ...body, dry_run: true })).status]).toEqual([path, 200]);
  }
  const { body } = await calls.post('send-event/', { event_id, dry_run: true });
  expect(body.would_wait).toEqual(['PAGERDUTY_ENABLED is false: nothing is sent']);
  const status = (await calls.get('status/')).body;
  expect(status).toMatchObject({ enabled: false, configured: true });
  expect(status.missing).toContainEqual({ setting: 'PAGERDUTY_ENABLED', why: 'nothing is sent' });
  expect(await site.knex('core_job')).toEqual([]);
});

test('records live on while sending is disabled, and enabling it pages nothing of the past', async () => {
  await open({ pagerduty: { enabled: false } });
  const incident_id = await calls.incident();
  await site.settled();
  expect((await site.timeline(incident_id)).map(({ detail }) => detail)).toContain('not sent: disabled');
  // What a restart with the setting does, as far as alerts are concerned.
  (site.settings.pagerduty as { enabled: boolean }).enabled = true;
  await resolve(incident_id);
  await site.settled();
  expect(site.fake.log.events()).toEqual([]);
  const next = await calls.incident();
  await site.settled();
  expect(site.told(`netbox-incident-${next}`)).toEqual(['trigger']);
});

test('without any routing key the endpoints name the setting, and nothing is asked for', async () => {
  await open({ routingKey: null });
  const event_id = await calls.event({ dedup_id: 'keyless' });
  const asked: [string, object][] = [
    ['test/', {}],
    ['send-event/', { event_id }],
    ['resolve-event/', { dedup_key: 'any' }],
    ['trigger-custom/', { summary: 'by hand' }],
    ['bulk-send-events/', { event_ids: [event_id] }],
  ];
  for (const [path, body] of asked) {
    const answer = await calls.post(path, body);
    expect([path, answer.status]).toEqual([path, 400]);
    expect(answer.body.detail).toContain('PAGERDUTY_ROUTING_KEY');
  }
  expect(await site.knex('core_job')).toEqual([]);
  const { body } = await calls.post('send-event/', { event_id, dry_run: true });
  expect(body).toMatchObject({ routing_key: null, payload: { routing_key: null } });
  expect(body.would_wait).toContain('PAGERDUTY_ROUTING_KEY is not set');
  const status = (await calls.get('status/')).body;
  expect(status).toMatchObject({ configured: false });
  expect(status.missing.map(({ setting }: { setting: string }) => setting)).toContain('PAGERDUTY_ROUTING_KEY');
});

test('with the key of a service alone, what is about that service is sent, and the rest of many is refused', async () => {
  await open({ routingKey: null });
  const now = new Date();
  const routing_key = await createVault(TEST_SECRET_KEY).keep(site.knex, 'routing_key', FAKE_ROUTING_KEY, now);
  await site.knex('incident_service').insert({
    ...{ name: 'transit', service_type: 'technical', description: '', routing_key },
    ...{ hold_seconds: 0, quiet_seconds: 0, created: now, last_updated: now },
  });
  const keyed = await calls.event({ dedup_id: 'keyed', service: 'transit', status: 'ok' });
  const keyless = await calls.event({ dedup_id: 'without', status: 'ok' });
  const { body } = await calls.post('bulk-send-events/', { event_ids: [keyless, keyed] }, 25);
  expect(body.result).toMatchObject({
    ...{ total_requested: 2, success_count: 1, failed_count: 1 },
    results: { failed: [{ event_id: keyless, reason: expect.stringContaining('PAGERDUTY_ROUTING_KEY') }] },
  });
  expect(site.told('netbox-event-keyed')).toEqual(['resolve']);
  expect(await site.alert('netbox-event-without')).toBeUndefined();
  expect((await calls.post('send-event/', { event_id: keyless })).status).toBe(400);
  expect((await calls.get('status/')).body).toMatchObject({ configured: true });
});

test('what is over here but left to people there is counted', async () => {
  await open({ pagerduty: { autoResolve: false } });
  const incident_id = await calls.incident();
  await site.settled();
  await resolve(incident_id);
  await site.settled();
  expect(site.told(`netbox-incident-${incident_id}`)).toEqual(['trigger']);
  expect((await calls.get('status/')).body).toMatchObject({ auto_resolve: false, left_to_people: 1, pending: 0 });
  await calls.post('send-incident/', { incident_id, action: 'resolve' }, 20);
  expect((await calls.get('status/')).body.left_to_people).toBe(0);
});
