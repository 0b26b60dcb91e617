import { startFakeProduct, type Answer, type Asked, type FakeProduct } from '../../helpers/fake-product';
import { runCli, type CliRun } from '../../helpers/run-cli';

const BUSINESS = '/api/plugins/business-application/';

let product: FakeProduct;
let answer: (asked: Asked) => Answer;

beforeEach(async () => {
  product = await startFakeProduct((asked) => answer(asked));
});
afterEach(() => product.close());

const cli = (...argv: string[]): Promise<CliRun> =>
  runCli({ CROSSCONNECT_URL: product.url, API_TOKEN: 't'.repeat(40), DATA_DIR: '/nonexistent' }, ...argv);
const page = (...results: object[]): Answer => ({ body: { count: results.length, results } });

const alert = (more: object): object => ({ told: 'triggered', pending: 0, dead: false, held: false, ...more });
const incident = (id: number, its: object | null): object => ({
  ...{ id, title: 't\u001b[2J', status: 'new', severity: 'high', affected_services: [7, 8], alert: its },
  ...{ detected_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' },
});

test('the list says in a word what keeps PagerDuty from being told, and calls services by their names', async () => {
  const incidents = [
    incident(1, null),
    incident(2, alert({})),
    incident(3, alert({ pending: 2 })),
    incident(4, alert({ pending: 2, held: true })),
    incident(5, alert({ pending: 2, dead: true })),
  ];
  answer = ({ path }) => (path.endsWith('technical-services/') ? page({ id: 7, name: 'transit' }) : page(...incidents));
  const { stdout } = await cli('incident', 'list', '--open', '--severity', 'high', '--severity', 'low');
  const cells = stdout
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/ {2,}/));
  expect(cells.map((row) => row.slice(4, 6))).toEqual([
    ['transit 8', '2026-01-01T00:00:00Z'],
    ...['triggered', 'triggered (2 pending)', 'triggered (held)', 'triggered (dead letter)'].map((said) => [
      ...[said, 'transit 8'],
    ]),
  ]);
  expect(stdout).not.toContain('\u001b');
  expect(product.asked[0]?.url).toBe(
    `${BUSINESS}incidents/?status__n=resolved&status__n=closed&severity=high&severity=low&ordering=-id&limit=1000&offset=0`,
  );
});

test('a check that finds differences says how to see them', async () => {
  const job = { id: 'j-1', type: 'pagerduty-check' };
  answer = ({ method }) =>
    method === 'POST'
      ? { status: 202, body: { ...job, status: 'pending' } }
      : { body: { ...job, status: 'completed', result: { compared: 12, differing: 2 } } };
  const { code, stdout, stderr } = await cli('pagerduty', 'check', '-f', 'csv');
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'field,value\ncompared,12\ndiffering,2\n' });
  expect(stderr).toContain("'crossconnect pagerduty differences' shows which\n");
});

test('a send that PagerDuty refuses is exit code 1 with its reasons', async () => {
  const job = { id: 'j-1', type: 'pagerduty-send' };
  answer = ({ method }) =>
    method === 'POST'
      ? { status: 202, body: { ...job, status: 'pending', dedup_key: 'k' } }
      : { body: { ...job, status: 'failed', error: { type: 'REFUSED', message: "'payload.source' is missing" } } };
  expect(await cli('pagerduty', 'send-event', '5')).toMatchObject({ code: 1, stdout: '' });
  const { stderr } = await cli('pagerduty', 'send-event', '5');
  expect(stderr).toMatch(/^crossconnect: job j-1 failed: 'payload.source' is missing$/m);
  expect(product.asked[0]).toMatchObject({ path: `${BUSINESS}pagerduty/send-event/`, body: { event_id: 5 } });
});

test('the status is flat for people and whole as JSON', async () => {
  const status = {
    ...{ enabled: true, budgets: [{ routing_key: 3, origins: ['a', 'b'], used: 4 }], oldest_waiting: null },
    webhooks: { unmatched: 1 },
  };
  answer = () => ({ body: status });
  expect((await cli('pagerduty', 'status', '-f', 'csv')).stdout).toBe(
    'field,value\nenabled,true\nbudgets.0.routing_key,3\nbudgets.0.origins,a b\nbudgets.0.used,4\noldest_waiting,\nwebhooks.unmatched,1\n',
  );
  expect(JSON.parse((await cli('pagerduty', 'status', '-f', 'json')).stdout)).toEqual(status);
});

test('dead letters that are moot are listed when they are asked for', async () => {
  answer = () => page();
  const run = await cli('pagerduty', 'dead-letters', '--superseded', '-f', 'json');
  expect(run).toMatchObject({ code: 0, stdout: '[]\n' });
  expect(product.asked[0]?.query).toMatchObject({ state: 'superseded' });
});
