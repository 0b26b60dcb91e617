import { setTimeout as sleep } from 'node:timers/promises';
import { PAGERDUTY_WEBHOOK_SECRET } from '../environment';
import { INCIDENT_TITLE, SESSION } from '../pagerduty/alarms';
import { BUSINESS, eventOf, incidentCalled, notify, read, showTimeline, until, write } from '../pagerduty/records';
import { alertOnce, expectTaken, sentOf, type Trigger } from '../pagerduty/sent';
import { expectThat, type Step } from '../stage';

const WEBHOOK = `${BUSINESS}pagerduty/webhook/`;
const PERSON = 'Ada Lovelace';
/** Long enough for a second page to come, if there were one. */
const SECOND_PAGE_MS = 1_500;

interface Status {
  readonly enabled: boolean;
  readonly missing: readonly { readonly setting: string; readonly why: string }[];
}

const joins: Step = {
  title: 'PagerDuty joins: a test goes there, its webhooks come here',
  play: async (stage) => {
    const { pagerduty, product, show } = stage;
    await pagerduty.webhooks.subscribe({ url: `${product.url}${WEBHOOK}`, secrets: [PAGERDUTY_WEBHOOK_SECRET] });
    show.say(`PagerDuty: a generic webhook (V3) to ${WEBHOOK}, with a secret of PAGERDUTY_WEBHOOK_SECRETS`);
    const { enabled, missing } = await read<Status>(stage, 'pagerduty/status/');
    const words = missing.map(({ setting }) => setting).join(', ') || 'nothing';
    show.say(`GET ${BUSINESS}pagerduty/status/: enabled ${enabled}, missing ${words}`);
    expectThat(enabled && missing.length === 0, 'it is not set up');
    show.say(`POST ${BUSINESS}pagerduty/test/?wait=30`);
    const { status, dedup_key } = await write<{ status: string; dedup_key: string }>(
      ...([stage, 'pagerduty/test/?wait=30', {}, 200] as const),
    );
    const told = (await pagerduty.log.events({ dedup_key })).map(({ event_action }) => event_action).join(', ');
    show.say(`PagerDuty was told of ${dedup_key}: ${told}`);
    expectThat(told === 'trigger, resolve', `it was told ${told}: expected trigger, resolve`);
    return `the test is ${status}: triggered and resolved`;
  },
};

const pages: Step = {
  title: 'Alertmanager says that a BGP session is down: somebody is paged',
  play: async (stage) => {
    const { product, show } = stage;
    show.say(`POST ${BUSINESS}alerts/alertmanager/: firing: ${SESSION.summary}`);
    const { event_id, outcome } = await notify(stage, SESSION.firing(new Date()));
    expectThat(outcome === 'created', `the event is ${outcome}: expected created`);
    const { alert, seconds } = await alertOnce(stage, SESSION, 'triggered');
    const { payload, links = [] } = (await sentOf(stage, SESSION))[0]!.body as Trigger;
    const link = links[0]?.href ?? '';
    show.table([
      ['in PagerDuty', ''],
      ...(['summary', 'severity', 'source', 'component'] as const).map((field) => [field, payload[field]]),
      ...[['dedup key', alert.alert_key] as const, [links[0]?.text ?? 'link', link] as const],
    ]);
    expectThat(payload.severity === 'error' && payload.component === 'Alertmanager', 'that is not what it is about');
    const { status } = await product.get(new URL(link).pathname);
    expectThat(status === 200, `the link in the page answers ${status}: expected 200`);
    await expectTaken(stage, SESSION, ['trigger']);
    return `event ${event_id} is one page, ${seconds} s later; its link leads to the event`;
  },
};

const carried: Step = {
  title: 'An incident is made of it: it carries the same page on, and nobody is paged twice',
  play: async (stage) => {
    const { show } = stage;
    const { id } = await eventOf(stage, SESSION);
    const wanted = { title: INCIDENT_TITLE, severity: 'high', events: [id] };
    show.say(`POST ${BUSINESS}incidents/ ${JSON.stringify(wanted)}`);
    const made = await write<{ id: number }>(stage, 'incidents/', wanted, 201);
    const { alert } = await incidentCalled(stage, INCIDENT_TITLE);
    show.say(`incident ${made.id}: its alert is ${alert?.dedup_key ?? 'none'}, that of the event`);
    expectThat(alert?.dedup_key === SESSION.key, 'it has another page than its event');
    await sleep(SECOND_PAGE_MS);
    await expectTaken(stage, SESSION, ['trigger']);
    const alerts = await stage.pagerduty.state.openAlerts();
    expectThat(alerts.length === 1, `PagerDuty has ${alerts.length} open alerts: expected one`);
    return `incident ${made.id} and event ${id} are one page`;
  },
};

const acknowledged: Step = {
  title: 'A person acknowledges in PagerDuty: so it is here, by name',
  play: async (stage) => {
    const { pagerduty, show } = stage;
    show.say(`PagerDuty: ${PERSON} acknowledges`);
    await pagerduty.people.acknowledge({ dedup_key: SESSION.key }, PERSON);
    const look = () => incidentCalled(stage, INCIDENT_TITLE);
    const { seen, seconds } = await until(look, ({ status }) => status === 'acknowledged', 'the incident', 15);
    const entries = await showTimeline(stage, seen);
    const by = entries.find(({ action }) => action === 'acknowledged')?.actor;
    expectThat(by === PERSON, `it is put down to ${by ?? 'nobody'}: expected ${PERSON}`);
    await expectTaken(stage, SESSION, ['trigger']);
    return `incident ${seen.id} is acknowledged by ${PERSON} after ${seconds} s; PagerDuty is not told what it told us`;
  },
};

/** From an alert to a person who knows of it. */
export const INCIDENT_PAGE: readonly Step[] = [joins, pages, carried, acknowledged];
