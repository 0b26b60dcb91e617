import { OPTICAL_ROUTING_KEY } from '../environment';
import { FLAP, FLAPPING_SERVICE, OPTICAL_SERVICE, SESSION, TRANSIT, WAVE } from '../pagerduty/alarms';
import type { Alarm } from '../pagerduty/alertmanager';
import { BUSINESS, eventOf, notify, read, until, write } from '../pagerduty/records';
import { alertOnce, expectTaken, sentOf, showTaken } from '../pagerduty/sent';
import { expectThat, type Stage, type Step } from '../stage';

/** How long a problem of the flapping service lasts before it pages. */
const HOLD_SECONDS = 3;
const LETTERS = 'pagerduty/dead-letters/';

interface Letters {
  readonly count: number;
  readonly results: readonly { readonly id: number; readonly action: string; readonly errors: readonly string[] }[];
}

const lettersOf = (stage: Stage): Promise<Letters> => read<Letters>(stage, LETTERS);

const refused: Step = {
  title: 'PagerDuty refuses an alert: a dead letter says why, and is replayed',
  play: async (stage) => {
    const { pagerduty, show } = stage;
    const service = { name: OPTICAL_SERVICE, routing_key: OPTICAL_ROUTING_KEY };
    await write(stage, 'technical-services/', service, 201);
    show.say(
      `POST ${BUSINESS}technical-services/ {"name": "${OPTICAL_SERVICE}", "routing_key": …}, which PagerDuty does not know`,
    );
    show.say(`Alertmanager: firing: ${WAVE.summary}`);
    const began = new Date();
    await notify(stage, WAVE.firing(began));
    const { seen } = await until(
      () => lettersOf(stage),
      ({ count }) => count > 0,
      'there is a dead letter',
    );
    const [letter] = seen.results;
    show.say(`GET ${BUSINESS}${LETTERS}: ${letter?.action ?? ''}: ${letter?.errors.join('; ') ?? ''}`);
    expectThat(seen.count === 1 && letter?.errors.join() === 'Invalid routing key', 'that is not what it answered');

    await pagerduty.state.addService({ name: OPTICAL_SERVICE, routingKeys: [OPTICAL_ROUTING_KEY] });
    show.say('PagerDuty: the integration is put back');
    const path = `${LETTERS}${letter?.id}/replay/`;
    const job = await write<{ status: string }>(stage, `${path}?wait=30`, {}, 200);
    show.say(`POST ${BUSINESS}${path}?wait=30: its job is ${job.status}`);
    expectThat(job.status === 'completed', `the job is ${job.status}: expected completed`);
    await expectTaken(stage, WAVE, ['trigger']);
    const { count } = await lettersOf(stage);
    expectThat(count === 0, `there are ${count} dead letters: expected none`);
    await notify(stage, WAVE.resolved(began, new Date()));
    await overOnce(stage, WAVE);
    return 'paged once after all, and resolved when it was over';
  },
};

/** Waits until an alarm is over on both sides. */
async function overOnce(stage: Stage, alarm: Alarm): Promise<void> {
  await alertOnce(stage, alarm, 'resolved');
  await until(
    () => eventOf(stage, alarm),
    ({ alert }) => alert?.pending === 0 && alert.told === 'resolved',
    `what is known here of '${alarm.summary}'`,
  );
}

/** A flap as it is told: the beginning of its third time overtakes the end of the first one. */
async function flap(stage: Stage): Promise<Date> {
  const from = Date.now() - 10_000;
  const at = (second: number): Date => new Date(from + second * 1000);
  const told = [
    ['1st time: down', FLAP.firing(at(0)), 'created'],
    ['2nd time: up again', FLAP.resolved(at(4), at(6)), 'updated'],
    ['2nd time: down', FLAP.firing(at(4)), 'stale'],
    ['3rd time: down', FLAP.firing(at(8)), 'updated'],
    ['1st time: up again', FLAP.resolved(at(0), at(2)), 'stale'],
  ] as const;
  const rows: string[][] = [];
  for (const [what, alert, expected] of told) {
    const { outcome } = await notify(stage, alert);
    rows.push([what, outcome]);
    expectThat(outcome === expected, `'${what}' is ${outcome}: expected ${expected}`);
  }
  stage.show.table([['Alertmanager, as it arrives', 'is'], ...rows]);
  return at(8);
}

const flapping: Step = {
  title: 'A flap arrives in the wrong order: one page, of what is so in the end',
  play: async (stage) => {
    const { show } = stage;
    const service = { name: FLAPPING_SERVICE, hold_seconds: HOLD_SECONDS };
    show.say(`POST ${BUSINESS}technical-services/ ${JSON.stringify(service)}`);
    await write(stage, 'technical-services/', service, 201);
    const began = await flap(stage);
    const { status } = await eventOf(stage, FLAP);
    expectThat(status === 'triggered', `the event is ${status}: expected triggered`);
    expectThat((await sentOf(stage, FLAP)).length === 0, `it paged before ${HOLD_SECONDS} s had passed`);
    const { seconds } = await alertOnce(stage, FLAP, 'triggered');
    await notify(stage, FLAP.resolved(began, new Date()));
    await overOnce(stage, FLAP);
    await expectTaken(stage, FLAP, ['trigger', 'resolve']);
    return `held back for ${seconds} s, then paged once, and resolved when it was over`;
  },
};

const agree: Step = {
  title: 'In the end both sides are compared: they agree',
  play: async (stage) => {
    const { pagerduty } = stage;
    const alarms = [SESSION, TRANSIT, WAVE, FLAP];
    await showTaken(stage, alarms);
    for (const alarm of alarms) {
      const { status, alert } = await eventOf(stage, alarm);
      const [there, more] = await pagerduty.state.alerts({ alert_key: alarm.key });
      const words = `${status}, ${alert?.told ?? 'never told'} here, ${there?.status ?? 'unknown'} there`;
      const isOver = status === 'ok' && alert?.told === 'resolved' && there?.status === 'resolved';
      expectThat(isOver, `'${alarm.summary}' is ${words}: expected ok, resolved and resolved`);
      expectThat(more === undefined, `'${alarm.summary}' is in PagerDuty more than once`);
    }
    const { open_alerts } = await pagerduty.state.totals();
    expectThat(open_alerts === 0, `PagerDuty has ${open_alerts} open alerts: expected none`);
    await pagerduty.webhooks.idle();
    const webhooks = await pagerduty.webhooks.sent();
    const refusals = webhooks.filter(({ status }) => status >= 300).length;
    expectThat(refusals === 0, `${refusals} webhooks of PagerDuty were refused: expected none`);
    return `${alarms.length} problems were one page each and are over on both sides; ${webhooks.length} webhooks came`;
  },
};

/** What PagerDuty does not take, what is not told to it, and what comes of all. */
export const INCIDENT_REFUSED: readonly Step[] = [refused, flapping, agree];
