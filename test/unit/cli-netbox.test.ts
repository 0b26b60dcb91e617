import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakeProduct, type Answer, type Asked, type FakeProduct } from '../helpers/fake-product';
import { runCli, type CliRun } from '../helpers/run-cli';

const PLAN_JOB = '11111111-1111-4111-8111-111111111111';
const APPLY_JOB = '22222222-2222-4222-8222-222222222222';
const CHECKSUM = 'c'.repeat(64);

let dir: string;
let product: FakeProduct;
let answer: (asked: Asked) => Answer;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'crossconnect-cli-'));
  answer = withPlan(plan);
  product = await startFakeProduct((asked) => answer(asked));
});
afterEach(async () => {
  await product.close();
  rmSync(dir, { recursive: true });
});

const plan = {
  checksum: CHECKSUM,
  create: [
    {
      id: 5,
      router: null,
      name: 'r5',
      changes: { name: { from: null, to: 'r5' }, tags: { from: null, to: ['a', 'b'] } },
    },
  ],
  update: [{ id: 6, router: 3, name: 'r6', changes: { status: { from: 'enabled', to: 'disabled' } } }],
  delete: [{ id: 7, router: 4, name: 'r7', changes: {} }],
  unchanged: 12,
  skipped: [{ id: 8, name: 'r8', reason: 'its router was deleted here on purpose' }],
};
const nothing = { checksum: CHECKSUM, create: [], update: [], delete: [], unchanged: 12, skipped: [] };
const ROWS =
  'what,device,name,field,from,to\n' +
  'create,5,r5,name,,r5\n' +
  'create,5,r5,tags,,a b\n' +
  'update,6,r6,status,enabled,disabled\n' +
  'delete,7,r7,,,\n' +
  'skip,8,r8,reason,,its router was deleted here on purpose\n';

/** Plans at once, and applies what it is told to: both as jobs that are over when they are asked for. */
const withPlan =
  (planned: object, result: object = { applied: 3, stale: [], held: [] }) =>
  ({ method, path, body }: Asked): Answer => {
    const isApplying =
      method === 'POST' ? (body as object | undefined) && 'plan' in (body as object) : path.includes(APPLY_JOB);
    const job = { id: isApplying ? APPLY_JOB : PLAN_JOB, type: 'netbox-reconcile' };
    if (method === 'POST') return { status: 202, body: { ...job, status: 'pending' } };
    return { body: { ...job, status: 'completed', result: isApplying ? { ...planned, result } : planned } };
  };

const netbox = (...argv: string[]): Promise<CliRun> =>
  runCli({ CROSSCONNECT_URL: product.url, API_TOKEN: 't'.repeat(40), DATA_DIR: dir }, 'netbox', ...argv);
const posted = (): unknown[] => product.asked.filter(({ method }) => method === 'POST').map(({ body }) => body);

test('reconcile only plans, prints a row for each field, and says how to apply that plan', async () => {
  const run = await netbox('reconcile', '-f', 'csv');
  expect(run).toMatchObject({ code: 0, stdout: ROWS });
  expect(run.stderr).toContain('1 to create, 1 to update, 1 to delete, 12 unchanged, 1 skipped\n');
  expect(run.stderr).toContain(`'crossconnect netbox reconcile --plan ${PLAN_JOB} --checksum ${CHECKSUM}'\n`);
  expect(posted()).toEqual([{ dry_run: true }]);
  expect(product.asked[0]?.path).toBe('/api/devices/reconcile/');
});

test('a plan of nothing is not offered to be applied', async () => {
  answer = withPlan(nothing);
  const { code, stdout, stderr } = await netbox('reconcile');
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'WHAT  DEVICE  NAME  FIELD  FROM  TO\n' });
  expect(stderr).not.toContain('apply it');
});

test('the table cuts long values off, CSV has them whole', async () => {
  const long = { bgp: 'x'.repeat(500) };
  const change = { local_context_data: { from: null, to: long } };
  answer = withPlan({ ...nothing, update: [{ id: 6, router: 3, name: 'r6', changes: change }] });
  const [, row = ''] = (await netbox('reconcile')).stdout.split('\n');
  expect(row).toMatch(/\{"bgp":"x+…$/);
  expect(row.length).toBeLessThan(120);
  expect((await netbox('reconcile', '-f', 'csv')).stdout).toContain('x'.repeat(500));
});

test('reconcile --apply shows the plan and applies that very one, by its job and its checksum', async () => {
  const run = await netbox('reconcile', '--apply', '-f', 'csv');
  expect(run).toMatchObject({ code: 0, stdout: ROWS });
  expect(run.stderr).toMatch(/12 unchanged, 1 skipped\n(.*\n)*3 applied\n$/);
  expect(posted()).toEqual([{ dry_run: true }, { plan: PLAN_JOB, checksum: CHECKSUM }]);
});

test('a plan of nothing is applied too, since the first one lets the schedule apply its own', async () => {
  answer = withPlan(nothing, { applied: 0, stale: [], held: [] });
  expect(await netbox('reconcile', '--apply')).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^0 applied$/m),
  });
  expect(posted()).toHaveLength(2);
});

test('devices and strictness are passed on', async () => {
  expect((await netbox('reconcile', '--device', '5', '--device', '6', '--apply', '--strict')).code).toBe(0);
  expect(posted()).toEqual([
    { dry_run: true, device_ids: [5, 6] },
    { plan: PLAN_JOB, checksum: CHECKSUM, strict: true },
  ]);
});

test('a plan that was made before is applied, and its rows are printed', async () => {
  const run = await netbox('reconcile', '--plan', PLAN_JOB, '--checksum', CHECKSUM, '-f', 'csv');
  expect(run).toMatchObject({ code: 0, stdout: ROWS, stderr: expect.stringMatching(/3 applied\n$/) });
  expect(posted()).toEqual([{ plan: PLAN_JOB, checksum: CHECKSUM }]);
});

test('as JSON there is one document: the job that planned, or with --apply the one that applied', async () => {
  expect(JSON.parse((await netbox('reconcile', '-f', 'json')).stdout)).toMatchObject({ id: PLAN_JOB, result: plan });
  const file = join(dir, 'applied.json');
  const run = await netbox('reconcile', '--apply', '-f', 'json', '-o', file);
  expect(run).toMatchObject({ code: 0, stdout: '' });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ id: APPLY_JOB, result: { result: { applied: 3 } } });
});

test('what moved since it was planned is named, and is no failure', async () => {
  answer = withPlan(plan, { applied: 1, stale: [6, 7], held: [] });
  const { code, stderr } = await netbox('reconcile', '--apply');
  expect(code).toBe(0);
  expect(stderr).toMatch(/^1 applied; moved since it was planned, and left: 6, 7$/m);
});

test('what the guard holds back is exit code 2, and says where to confirm it', async () => {
  answer = withPlan(plan, { applied: 1, stale: [], held: [6, 7] });
  const { code, stderr } = await netbox('reconcile', '--apply');
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^crossconnect: the guard holds back 2 \(6, 7\): 'crossconnect job list --type netbox-guard'/m,
  );
});

test.each([
  ['failed', 1, 'job .* failed: NetBox answers 403'],
  ['canceled', 2, 'job .* was canceled'],
])('a reconciliation that %s is exit code %i, and nothing is applied', async (status, code, why) => {
  answer = ({ method }) => ({
    status: method === 'POST' ? 202 : 200,
    body: { id: PLAN_JOB, type: 'netbox-reconcile', status, error: { type: 'X', message: 'NetBox answers 403' } },
  });
  const run = await netbox('reconcile', '--apply');
  expect(run).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(why) });
  expect(posted()).toHaveLength(1);
});

test.each([
  ['a plan', ['reconcile'], PLAN_JOB],
  ['the application of one', ['reconcile', '--plan', PLAN_JOB, '--checksum', CHECKSUM], APPLY_JOB],
])('%s that is not waited for prints the id of its job', async (_what, argv, id) => {
  expect(await netbox(...argv, '--no-wait')).toEqual({ code: 0, stdout: `${id}\n`, stderr: '' });
  expect(product.asked).toHaveLength(1);
});

test.each([
  [['--plan', PLAN_JOB], '--plan and --checksum: expected both of them, or neither'],
  [['--checksum', CHECKSUM], '--plan and --checksum: expected both of them, or neither'],
  [['--plan', PLAN_JOB, '--checksum', CHECKSUM, '--device', '5'], '--plan and --device'],
  [['--strict'], '--strict: expected --apply, or a plan to apply'],
  [['--apply', '--no-wait'], '--apply and --no-wait'],
  [['--device', 'r5'], "--device: 'r5' is not usable: expected the id of a device in NetBox"],
  [['--device', '0'], "--device: '0' is not usable"],
])('reconcile %j is wrong: exit code 64, and nothing is asked', async (argv, why) => {
  const run = await netbox('reconcile', ...argv);
  expect(run).toMatchObject({ code: 64, stdout: '', stderr: expect.stringContaining(why) });
  expect(product.asked).toEqual([]);
});

test.each([
  [
    400,
    3,
    { title: 'Invalid request', errors: { plan: ['there is no plan of this job'] } },
    'there is no plan of this job',
  ],
  [409, 1, { detail: 'a reconciliation is running: job 9' }, 'a reconciliation is running: job 9'],
  [503, 1, { detail: 'the link to NetBox is off' }, 'the link to NetBox is off'],
])('an application that is refused with %i is exit code %i, with the reason', async (status, code, body, why) => {
  answer = () => ({ status, body });
  const run = await netbox('reconcile', '--plan', PLAN_JOB, '--checksum', CHECKSUM);
  expect(run).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(why) });
});

describe('netbox devices', () => {
  const device = { id: 301, display: 'r1.par', name: 'r1.par', primary_ip4: '192.0.2.1', primary_ip6: null };
  const row = { ...device, router: 4, read_at: '2026-01-02T03:04:05Z' };

  beforeEach(() => {
    answer = () => ({ body: { count: 1, results: [row] } });
  });

  test('lists what was read of NetBox, with the routers', async () => {
    expect((await netbox('devices', '--q', 'par', '-f', 'csv')).stdout).toBe(
      'id,display,name,primary_ip4,primary_ip6,router,read_at\n301,r1.par,r1.par,192.0.2.1,,4,2026-01-02T03:04:05Z\n',
    );
    expect(product.asked.map(({ url }) => url)).toEqual(['/api/devices/netbox-devices/?q=par&limit=1000&offset=0']);
  });

  test('asks NetBox once when it is to, however many pages there are', async () => {
    answer = () => ({ body: { count: 3, results: [row] } });
    expect(JSON.parse((await netbox('devices', '--refresh', '-f', 'json')).stdout)).toHaveLength(3);
    expect(product.asked.map(({ query }) => query['refresh'])).toEqual(['true', undefined, undefined, undefined]);
  });
});
