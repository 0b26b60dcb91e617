import { changeIncident, createIncident } from '../../../store/incidents/incidents';
import type { IncidentValues } from '../../../store/incidents/incident-rows';
import { replayDeadLetter } from '../../../store/pagerduty/dead-letters';
import { newsSignal } from '../../../workflows/incident/messages';
import { createIncidentSite, type IncidentSite } from '../../helpers/incident-site';
import { recordHistory } from '../../helpers/worker-histories';
import { until } from '../../helpers/processes';

/** Lives whose histories are kept with each release, to be replayed by the workflows of later ones. */

let site: IncidentSite;
beforeAll(async () => {
  site = await createIncidentSite({ rateLimit: 'off' });
});
afterAll(() => site.close());
afterEach(() => site.fake.faults.clear());

const who = () => ({ actor: 'a person', now: new Date() });

const VALUES: IncidentValues = {
  ...{ title: 'Transit is down', description: '', status: 'new', severity: 'high', reporter: 'noc', commander: '' },
  ...{ responders: [], affected_services: [], events: [] },
};

const create = () => site.knex.transaction((trx) => createIncident(trx, VALUES, who()));
const change = (id: number, status: IncidentValues['status']) =>
  site.knex.transaction((trx) => changeIncident(trx, id, { status }, who()));
const told = (id: number) => site.told(`netbox-incident-${id}`);

/** Waits for the end of an incident's workflow, and keeps its history. */
async function record(run: string, id: number): Promise<void> {
  const handle = site.temporal.client.workflow.getHandle(`incident-${id}`);
  await handle.result();
  await recordHistory(run, handle);
}

test('a workflow ends when its alert is resolved', async () => {
  const id = await create();
  await site.settled();
  await change(id, 'acknowledged');
  await site.settled();
  await change(id, 'resolved');
  await record('incident-life', id);
  expect(told(id)).toEqual(['trigger', 'acknowledge', 'resolve']);
});

test('a workflow goes on by itself through an outage, also when it is told of news meanwhile', async () => {
  site.fake.faults.outage('refuse');
  const id = await create();
  await until(async () => (await site.alert(`netbox-incident-${id}`))?.state.failures === 2);
  await change(id, 'closed');
  await until(async () => (await site.alert(`netbox-incident-${id}`))?.state.queue.length === 2);
  site.fake.faults.outage('off');
  await record('incident-outage', id);
  expect(told(id)).toEqual(['trigger', 'resolve']);
});

test('a workflow with a dead letter stays until that is replayed', async () => {
  site.fake.faults.add({ event_action: 'trigger' }, { kind: 'status', status: 400, errors: ['no'] });
  const id = await create();
  const dead = () => site.knex('pagerduty_send').where({ state: 'dead' }).first<{ id: number } | undefined>('id');
  await until(dead);
  await change(id, 'acknowledged');
  await site.settled();
  expect((await replayDeadLetter(site.knex, (await dead())!.id, who())).outcome).toBe('replayed');
  await site.settled();
  await change(id, 'resolved');
  await record('incident-dead-letter', id);
  expect(told(id)).toEqual(['trigger', 'acknowledge', 'resolve']);
});

/** Temporal suggests to continue as new at 4,096 events. */
const MANY = 4_200;

test('a workflow whose history has become long goes on in another run, and loses nothing', async () => {
  const id = await create();
  await site.settled();
  const handle = site.temporal.client.workflow.getHandle(`incident-${id}`);
  const { runId } = await handle.describe();
  for (let sent = 0; sent < MANY; sent += 100) {
    if (sent === 2_000) await change(id, 'acknowledged');
    await Promise.all(Array.from({ length: 100 }, () => handle.signal(newsSignal)));
  }
  await until(async () => (await handle.describe()).runId !== runId, 60_000);
  await change(id, 'resolved');
  await handle.result();
  expect(told(id)).toEqual(['trigger', 'acknowledge', 'resolve']);
}, 120_000);
