import type { Knex } from 'knex';
import { changeIncident, createIncident } from '../../../store/incidents/incidents';
import type { IncidentValues } from '../../../store/incidents/incident-rows';
import { toJsonb } from '../../../store/json';
import { NEW_ALERT } from '../../../store/pagerduty/alert-state';
import { createIncidentSite, type IncidentSite } from '../../helpers/incident-site';

/** What one alert's life costs: events of its workflow's history, and statements of SQL. */

/** Other alerts that are open meanwhile. */
const OTHERS = 2_000;

let site: IncidentSite;
const statements: string[] = [];
beforeAll(async () => {
  site = await createIncidentSite({ rateLimit: 'off' });
  site.knex.on('query', ({ sql }: { sql: string }) => void statements.push(sql));
});
afterAll(() => site.close());

const who = () => ({ actor: 'a person', now: new Date() });
const VALUES: IncidentValues = {
  ...{ title: 'Transit is down', description: '', status: 'new', severity: 'high', reporter: 'noc', commander: '' },
  ...{ responders: [], affected_services: [], events: [] },
};

/** The statements of something, without those of the forwarder and of waiting for it. */
async function counted(work: () => Promise<unknown>): Promise<number> {
  statements.length = 0;
  await work();
  const isOfWaiting = (sql: string): boolean =>
    /claimed_until|^select count/i.test(sql) || /^(BEGIN|COMMIT|ROLLBACK);?$/i.test(sql);
  return statements.filter((sql) => !isOfWaiting(sql)).length;
}

async function costOfLife(): Promise<{ readonly events: number; readonly statements: readonly number[] }> {
  let id = 0;
  const write = (values: Partial<IncidentValues>) =>
    site.knex.transaction((trx) => changeIncident(trx, id, values, who()));
  const settled: (() => Promise<unknown>)[] = [
    async () => {
      id = await site.knex.transaction((trx: Knex) => createIncident(trx, VALUES, who()));
    },
    () => write({ status: 'acknowledged' }),
    () => write({ status: 'resolved' }),
  ];
  const costs: number[] = [];
  for (const act of settled)
    costs.push(
      await counted(async () => {
        await act();
        await site.settled();
      }),
    );
  const handle = site.temporal.client.workflow.getHandle(`incident-${id}`);
  await handle.result();
  expect(site.told(`netbox-incident-${id}`)).toEqual(['trigger', 'acknowledge', 'resolve']);
  return { events: (await handle.fetchHistory()).events?.length ?? 0, statements: costs };
}

/** Alerts that PagerDuty holds as triggered, as if their lives had come so far. */
async function openOthers(): Promise<void> {
  const created = new Date().toISOString();
  const state = toJsonb({ ...NEW_ALERT, told: 'triggered', severity: 'error', firing: true, next_n: 2 });
  const rows = Array.from({ length: OTHERS }, (_, n) => ({
    ...{ dedup_key: `other-${n}`, workflow_id: `alert-other-${n}`, wanted: 'triggered', told: 'triggered' },
    ...{ state, created },
  }));
  await site.knex.batchInsert('pagerduty_alert', rows, 500);
}

test('a life costs the same among 2,000 open alerts as alone', async () => {
  await costOfLife();
  const alone = await costOfLife();
  await openOthers();
  const among = await costOfLife();
  process.stdout.write(`a life, alone and among ${OTHERS} open alerts: ${JSON.stringify({ alone, among })}\n`);
  expect(among).toEqual(alone);
});
