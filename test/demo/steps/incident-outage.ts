import { INCIDENT_TITLE, SESSION, TRANSIT } from '../pagerduty/alarms';
import { BUSINESS, eventOf, incidentCalled, notify, read, showTimeline, until } from '../pagerduty/records';
import { alertOnce, answeredOnce, expectTaken, showTaken } from '../pagerduty/sent';
import { startProduct } from '../product';
import { expectThat, type Stage, type Step } from '../stage';

interface Status {
  readonly pending: number;
  readonly dead: number;
  readonly oldest_waiting: { readonly seconds: number } | null;
}

/** The trigger and the resolve of one, the resolve of the other. */
const WAITING = 3;

const statusOf = (stage: Stage): Promise<Status> => read<Status>(stage, 'pagerduty/status/');

/** Waits until all that is to be told is known to be, and shows it. */
async function expectWaiting(stage: Stage): Promise<void> {
  const { seen } = await until(
    () => statusOf(stage),
    ({ pending }) => pending === WAITING,
    `${WAITING} wait to be sent`,
    20,
  );
  const { pending, dead, oldest_waiting } = seen;
  const since = oldest_waiting === null ? '' : `, the oldest for ${oldest_waiting.seconds} s`;
  stage.show.say(`GET ${BUSINESS}pagerduty/status/: ${pending} wait to be sent${since}; ${dead} dead letters`);
}

/** A critical alert fires and clears, and the incident is resolved. */
async function meanwhile(stage: Stage): Promise<void> {
  const { product, show } = stage;
  const began = new Date();
  show.say(`Alertmanager: firing: ${TRANSIT.summary} (critical)`);
  await notify(stage, TRANSIT.firing(began));
  await answeredOnce(stage, TRANSIT, 503);
  show.say(`Alertmanager: resolved: ${TRANSIT.summary}`);
  await notify(stage, TRANSIT.resolved(began, new Date()));
  const { occurred_at = '' } = await eventOf(stage, SESSION);
  show.say(`Alertmanager: resolved: ${SESSION.summary}`);
  await notify(stage, SESSION.resolved(new Date(occurred_at), new Date()));
  const { id } = await incidentCalled(stage, INCIDENT_TITLE);
  show.say(`PATCH ${BUSINESS}incidents/${id}/ {"status": "resolved"}`);
  const { status } = await product.patch(`${BUSINESS}incidents/${id}/`, { status: 'resolved' });
  expectThat(status === 200, `resolving the incident answers ${status}: expected 200`);
  await answeredOnce(stage, SESSION, 503);
}

const away: Step = {
  title: 'PagerDuty is away, and kill -9 of the product while it waits for it: nothing is forgotten',
  play: async (stage) => {
    const { pagerduty, product, show } = stage;
    await pagerduty.faults.outage('refuse');
    show.say('PagerDuty answers 503 to everything');
    await meanwhile(stage);
    await expectWaiting(stage);
    const pid = await product.kill();
    show.say(`$ kill -9 ${pid}   # API and worker`);
    const gone = await fetch(`${product.url}/health/live`).then(
      ({ status }) => String(status),
      () => 'no answer',
    );
    show.say(`/health/live: ${gone}`);
    expectThat(gone === 'no answer', 'it was not killed');
    const killed = Date.now();
    stage.product = await startProduct(stage.env, () => undefined);
    show.say('it was started again and is ready');
    await answeredOnce(stage, TRANSIT, 503, killed);
    show.say('it goes on trying by itself: PagerDuty answers 503');
    await expectWaiting(stage);
    return `${WAITING} wait to be sent, as before`;
  },
};

const back: Step = {
  title: 'PagerDuty is back: it is told all of it, in order, once',
  play: async (stage) => {
    const { pagerduty, show } = stage;
    await pagerduty.faults.outage('off');
    show.say('PagerDuty is back');
    const [transit, session] = await Promise.all(
      [TRANSIT, SESSION].map((alarm) => alertOnce(stage, alarm, 'resolved')),
    );
    const isTold = ({ pending }: Status): boolean => pending === 0;
    await until(() => statusOf(stage), isTold, 'everything is told');
    await showTaken(stage, [SESSION, TRANSIT]);
    await expectTaken(stage, TRANSIT, ['trigger', 'resolve']);
    await expectTaken(stage, SESSION, ['trigger', 'resolve']);
    const open = await pagerduty.state.openAlerts();
    expectThat(open.length === 0, `PagerDuty has ${open.length} open alerts: expected none`);
    const entries = await showTimeline(stage, await incidentCalled(stage, INCIDENT_TITLE));
    const isTaken = entries.some(({ action, detail }) => action === 'resolve' && detail.includes('took it'));
    expectThat(isTaken, 'the timeline does not say that PagerDuty took the resolve');
    const later = Math.max(Number(transit?.seconds), Number(session?.seconds)).toFixed(1);
    return `all is told after ${later} s, nothing is open, nobody was paged twice`;
  },
};

/** What happens while PagerDuty is away. */
export const INCIDENT_OUTAGE: readonly Step[] = [away, back];
