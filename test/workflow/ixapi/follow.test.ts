import type { JobRow } from '../../../store/jobs';
import { IXAPI_FOLLOW_JOB, ixapiFollowWorkflowId } from '../../../workflows/ixapi/messages';
import { TASK_QUEUE } from '../../../workflows/shared/job';
import { senderOf } from '../../helpers/incident-records';
import { createIxapiSite, type IxapiSite } from '../../helpers/ixapi-site';
import { until } from '../../helpers/processes';
import { recordHistory } from '../../helpers/worker-histories';

let site: IxapiSite;
/** Is done once when a job's end was written and the workflow does not know yet. */
let whenEnded: ((job_id: string) => Promise<void>) | undefined;

beforeAll(async () => {
  site = await createIxapiSite({
    durations: { backoff_seconds: 0.1, patience_seconds: 0.5, follow_seconds: 0.2, follow_at_most_seconds: 0.4 },
    around: async (name, work, input) => {
      const done = await work();
      if (name === 'closeImport') await whenEnded?.((input as { job_id: string }).job_id);
      return done;
    },
  });
});
afterEach(() => {
  site.fake.faults.clear();
  whenEnded = undefined;
});
afterAll(() => site.close());

const CONFIGS = 'network-service-configs';
const workflow = () => site.temporal.client.workflow.getHandle(ixapiFollowWorkflowId(site.exchange));

/** A config of this case that waits for its addresses. */
function waiting(name: string): string {
  const id = site.fake.state.cases()[name]!;
  site.fake.state.update(CONFIGS, id, { state: 'requested', ips: [] });
  return id;
}

const importOf = (network_service_config: string) => site.import({ network_service_config });
const isMade = async (id: string): Promise<boolean> =>
  (await site.connections()).some((one) => one['ixapi_network_service_config'] === id);
const followed = (): Promise<string[]> =>
  site.knex('ixapi_follow').orderBy('network_service_config').pluck('network_service_config');

/** The newest job that follows. */
const following = async (): Promise<JobRow> =>
  (await site.knex<JobRow>('core_job').where({ type: IXAPI_FOLLOW_JOB }).orderBy('created', 'desc').first())!;

const createdBy = ({ result }: JobRow): string[] =>
  (result as { create: { network_service_config: string }[] }).create.map((one) => one.network_service_config);

test('configs that get addresses at different times become connections one by one, in one job', async () => {
  const ids = ['production', 'untagged'].map(waiting);
  for (const id of ids) await importOf(id);
  expect(await followed()).toEqual([...ids].sort());
  const { id: job } = await following();
  for (const id of ids) {
    site.fake.state.allocate(id);
    await until(() => isMade(id));
  }
  await workflow().result();
  const ended = await following();
  expect(ended).toMatchObject({ id: job, status: 'completed' });
  expect(createdBy(ended)).toEqual(ids);
  expect(await followed()).toEqual([]);
});

test('following goes on while the exchange is down, and says so', async () => {
  const id = waiting('ipv4-only');
  await importOf(id);
  site.fake.faults.add({ path: '/*', count: null }, { kind: 'status', status: 503 });
  const { id: job } = await following();
  // Longer than one look has patience for.
  await until(async () => {
    const { progress } = (await site.job(job)) as { progress: { phase: string; reason?: string } | null };
    return progress?.phase === 'waiting for addresses' && progress.reason?.includes('503') === true;
  });
  site.fake.state.allocate(id);
  site.fake.faults.clear();
  await workflow().result();
  expect(await following()).toMatchObject({ id: job, status: 'completed' });
  expect(await isMade(id)).toBe(true);
});

test('what is to be followed while a job is being ended is followed by another job', async () => {
  const [first, second] = [waiting('ipv6-only'), waiting('rate-limited')];
  await importOf(first);
  const { id: job, run_id, workflow_id } = await following();
  whenEnded = async (job_id) => {
    if (job_id !== job) return;
    whenEnded = undefined;
    const row = { internet_exchange: site.exchange, network_service_config: second, reason: '', since: new Date() };
    await site.knex('ixapi_follow').insert(row);
    await workflow().signal('follow');
  };
  site.fake.state.allocate(first);
  await until(async () => (await following()).id !== job);
  site.fake.state.allocate(second);
  await workflow().result();
  expect(createdBy(await following())).toEqual([second]);
  expect(createdBy((await site.knex<JobRow>('core_job').where({ id: job }).first())!)).toEqual([first]);
  await recordHistory('ixapi-follow-told', site.temporal.client.workflow.getHandle(workflow_id, run_id!));
});

test('following that is cancelled is forgotten, and leaves no reading', async () => {
  const id = waiting('upper-case-mac');
  await importOf(id);
  const { id: job } = await following();
  await site.api.post(`/api/core/jobs/${job}/cancel/`, {});
  await until(async () => (await following()).status === 'canceled');
  expect(await followed()).toEqual([]);
  expect(await site.knex('ixapi_reading')).toEqual([]);
  site.fake.state.allocate(id);
  await site.refresh();
  expect(await isMade(id)).toBe(false);
});

test('a run that continues another one follows what is left for the same job', async () => {
  const id = waiting('old-mac');
  const job_id = '6c1f3f0a-2f6e-4a38-9a51-52f0c4b2a001';
  const row = { internet_exchange: site.exchange, network_service_config: id, reason: '', since: new Date() };
  await site.knex('ixapi_follow').insert(row);
  const durations = { follow_seconds: 0.1, follow_at_most_seconds: 0.3 };
  const run = await site.temporal.client.workflow.start('ixapiFollow', {
    ...{ workflowId: ixapiFollowWorkflowId(site.exchange), taskQueue: TASK_QUEUE, memo: { job_id } },
    args: [{ job_id, exchange: site.exchange, durations, looks: 3000 }],
  });
  site.fake.state.allocate(id);
  await run.result();
  await recordHistory('ixapi-follow', run);
  const job = await site.knex<JobRow>('core_job').where({ id: job_id }).first();
  expect([job?.status, createdBy(job!)]).toEqual(['completed', [id]]);
});

test('following ends when the exchange is not linked to IX-API any more', async () => {
  await importOf(waiting('change-pending'));
  const { id: job } = await following();
  const send = senderOf(site.api);
  const exchange = `/api/peering/internet-exchanges/${site.exchange}/`;
  expect(await send('patch', exchange, { ixapi_endpoint: null })).toMatchObject({ status: 200 });
  await until(async () => (await following()).finished !== null);
  const { status, error } = (await site.knex<JobRow>('core_job').where({ id: job }).first())!;
  expect(['failed', 'completed']).toContain(status);
  if (status === 'failed') expect(error).toMatchObject({ type: 'IXAPI_NOT_LINKED', upstream: false });
  expect(await followed()).toEqual([]);
});
