import { FAKE_PAGERDUTY_TOKEN, FAKE_ROUTING_KEY } from '../fakes/pagerduty/keys';
import { startFakePagerduty, type FakePagerduty } from '../fakes/pagerduty/server';
import { startFakePeeringdb, type FakePeeringdb } from '../fakes/peeringdb/server';
import { createCommandsSite, printedJson, type CommandsSite } from '../helpers/commands-site';
import { until } from '../helpers/processes';
import { runCli } from '../helpers/run-cli';
import type { StartedProduct } from '../helpers/started-product';

jest.setTimeout(120_000);

/** The commands that concern incidents and PagerDuty against the real product. */
let site: CommandsSite;
let peeringdb: FakePeeringdb;
let pagerduty: FakePagerduty;
let cli: StartedProduct['cli'];
let settings: Readonly<Record<string, string>> & { readonly PEERINGDB_API: string };

beforeAll(async () => {
  [peeringdb, pagerduty] = await Promise.all([startFakePeeringdb({ scale: 0.002 }), startFakePagerduty()]);
  settings = {
    ...{ PEERINGDB_API: peeringdb.url, PAGERDUTY_ENABLED: 'true', PAGERDUTY_ROUTING_KEY: FAKE_ROUTING_KEY },
    ...{ PAGERDUTY_EVENTS_API_URL: `${pagerduty.url}/v2/enqueue`, PAGERDUTY_RATE_LIMIT: '6000' },
    ...{ PAGERDUTY_API_URL: pagerduty.url, PAGERDUTY_API_TOKEN: FAKE_PAGERDUTY_TOKEN },
    ...{ PAGERDUTY_WEBHOOK_SECRETS: 'the-secret-of-the-webhook', PUBLIC_URL: 'https://crossconnect.example.net' },
    ...{ BASE_URL: 'https://netbox.example.net' },
  };
  site = await createCommandsSite(settings);
  ({ cli } = site.product);
});
afterAll(async () => {
  await site.close();
  await Promise.all([peeringdb.close(), pagerduty.close()]);
});

interface Incident {
  readonly id: number;
  readonly status: string;
  readonly affected_services: number[];
  readonly alert: { readonly told: string; readonly dedup_key: string } | null;
}

/** Makes a record that the command line has no command for. */
async function post(path: string, record: object): Promise<{ readonly id: number }> {
  const { status, body } = await site.product.post(`/api/plugins/business-application/${path}`, record);
  expect(status).toBe(201);
  return body;
}

const created = async (title: string, ...more: string[]): Promise<Incident> =>
  printedJson(await cli('incident', 'create', '--title', title, '--severity', 'high', ...more, '-f', 'json'));
const shown = async (id: number): Promise<Incident> =>
  printedJson(await cli('incident', 'show', `${id}`, '-f', 'json'));
const told = (id: number, phase: string): Promise<void> => until(async () => (await shown(id)).alert?.told === phase);
const taken = (dedup_key: string): string[] =>
  pagerduty.log.events({ dedup_key, status: 202 }).map(({ event_action }) => String(event_action));

test('an incident is made, acknowledged, resolved and closed from the command line, and PagerDuty is told', async () => {
  const { id: service } = await post('technical-services/', { name: 'transit north', service_type: 'technical' });
  const { id, affected_services } = await created('transit is down', '--service', 'transit north');
  expect(affected_services).toEqual([service]);
  await told(id, 'triggered');
  const listed = await cli('incident', 'list', '--open', '--severity', 'high', 'critical', '-f', 'csv');
  expect(listed.stdout).toMatch(new RegExp(`^${id},transit is down,new,high,triggered,transit north,20`, 'm'));
  expect(await cli('incident', 'acknowledge', `${id}`)).toMatchObject({ code: 0, stdout: '' });
  await told(id, 'acknowledged');
  expect((await cli('incident', 'resolve', `${id}`)).stderr).toContain('updated the status of 1 incidents to resolved');
  await told(id, 'resolved');
  expect((await cli('incident', 'close', `${id}`)).code).toBe(0);
  expect((await cli('incident', 'list', '--open', '-f', 'csv')).stdout).not.toContain('transit is down');
  expect((await cli('incident', 'list', '--status', 'closed', '-f', 'csv')).stdout).toContain('transit is down,closed');
  expect(taken(`netbox-incident-${id}`)).toEqual(['trigger', 'acknowledge', 'resolve']);
  const timeline = await cli('incident', 'timeline', `${id}`, '-f', 'csv');
  expect(timeline.stdout.match(/,attempt,\w+/g)).toEqual([
    ',attempt,trigger',
    ',attempt,acknowledge',
    ',attempt,resolve',
  ]);
  expect((await cli('incident', 'show', `${id}`)).stdout).toMatch(/^alert\.told +resolved$/m);
});

test('ids and services that there are not are exit code 3, and ids that are known are changed all the same', async () => {
  const { id } = await created('one of two');
  const run = await cli('incident', 'acknowledge', `${id}`, '4711');
  expect(run).toMatchObject({ code: 3, stdout: '' });
  expect(run.stderr).toMatch(/^crossconnect: there is no incident 4711$/m);
  expect((await shown(id)).status).toBe('acknowledged');
  expect(await cli('incident', 'resolve', '4711')).toMatchObject({ code: 3 });
  expect(await cli('incident', 'show', '4711')).toMatchObject({ code: 3 });
  const unknown = await cli('incident', 'create', '--title', 't', '--severity', 'low', '--service', 'nowhere');
  expect(unknown).toMatchObject({
    code: 3,
    stderr: "crossconnect: --service: there is no technical service 'nowhere'\n",
  });
});

test('the connection is tested: first what would be sent is shown, then it is sent', async () => {
  const dry = await cli('pagerduty', 'test', '--dry-run');
  expect(dry).toMatchObject({ code: 0 });
  expect(dry.stdout).toMatch(/^payload\.payload\.summary +Test of the connection to PagerDuty$/m);
  expect(dry.stdout).toMatch(/^routing_key\.origin +PAGERDUTY_ROUTING_KEY$/m);
  expect(dry.stdout).not.toContain(FAKE_ROUTING_KEY);
  expect(taken('netbox-test-event')).toEqual([]);
  const sent = await cli('pagerduty', 'test');
  expect(sent).toMatchObject({ code: 0 });
  expect(sent.stdout).toMatch(/^dedup_key +netbox-test-event$/m);
  expect(taken('netbox-test-event')).toEqual(['trigger', 'resolve']);
});

test('records are sent, and what was sent is resolved, by id or dedup key', async () => {
  const event = await post('events/', { message: 'm', dedup_id: 'by-hand', criticality: 'HIGH', status: 'triggered' });
  const key = 'netbox-event-by-hand';
  await until(() => taken(key).length === 1);
  expect((await cli('pagerduty', 'send-event', `${event.id}`)).code).toBe(0);
  expect((await cli('pagerduty', 'resolve', '--event', `${event.id}`)).code).toBe(0);
  expect(taken(key)).toEqual(['trigger', 'trigger', 'resolve']);
  const incident = await created('by hand');
  const { id, alert } = incident;
  await told(id, 'triggered');
  expect((await cli('pagerduty', 'send-incident', `${id}`, '--action', 'acknowledge')).code).toBe(0);
  const dedup_key = alert?.dedup_key ?? '';
  const job = await cli('pagerduty', 'resolve', '--dedup-key', dedup_key, '--no-wait');
  expect(job.stdout).toMatch(/^[0-9a-f-]{36}\n$/);
  await until(() => taken(dedup_key).length === 3);
  expect(taken(dedup_key)).toEqual(['trigger', 'acknowledge', 'resolve']);
  expect(await cli('pagerduty', 'send-event', '4711')).toMatchObject({ code: 3 });
});

test('what PagerDuty refuses for good is listed, warned of by the doctor, and replayed', async () => {
  pagerduty.faults.add({ event_action: 'trigger' }, { kind: 'status', status: 400, errors: ['no such thing'] });
  const { id } = await created('refused');
  const letters = (): Promise<{ id: number; dedup_key: string; errors: string[] }[]> =>
    cli('pagerduty', 'dead-letters', '-f', 'json').then(printedJson);
  await until(async () => (await letters()).length === 1);
  const [letter] = await letters();
  expect(letter).toMatchObject({ dedup_key: `netbox-incident-${id}`, errors: ['no such thing'] });
  expect((await cli('pagerduty', 'status')).stdout).toMatch(/^dead +1$/m);
  expect((await cli('incident', 'list', '-f', 'csv')).stdout).toContain('refused,new,high,nothing (dead letter)');
  expect((await doctor()).stdout).toMatch(/^warn +pagerduty +1 dead letter: /m);
  const replay = await cli('pagerduty', 'replay', `${letter?.id}`);
  expect(replay).toMatchObject({ code: 0 });
  expect(await letters()).toEqual([]);
  expect(taken(`netbox-incident-${id}`)).toEqual(['trigger']);
  expect((await cli('pagerduty', 'replay', `${letter?.id}`)).code).toBe(1);
});

test('both sides are compared on demand, and there is nothing that differs', async () => {
  const checked = await cli('pagerduty', 'check');
  expect(checked).toMatchObject({ code: 0 });
  expect(checked.stdout).toMatch(/^differing +0$/m);
  expect(await cli('pagerduty', 'differences', '-f', 'csv')).toMatchObject({
    ...{ code: 0, stdout: 'dedup_key,incident,event,ours,theirs,pagerduty_incident,first_seen\n' },
  });
});

const doctor = (): ReturnType<typeof runCli> =>
  runCli({ ...settings, DATA_DIR: site.dataDir, PORT: '0', TEMPORAL_UI_PORT: '0' }, 'doctor');

test('the doctor finds nothing wrong with a PagerDuty that is told everything', async () => {
  const { code, stdout } = await doctor();
  const lines = stdout.split('\n').filter((line) => /^\w+ +pagerduty /.test(line));
  expect(lines.filter((line) => !line.startsWith('ok '))).toEqual([]);
  expect(lines.join('\n')).toContain(`${pagerduty.url}/v2/enqueue is the Events API`);
  expect(code).toBe(0);
  expect(stdout).not.toContain(FAKE_ROUTING_KEY);
});
