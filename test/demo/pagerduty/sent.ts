import type { LoggedEvent } from '../../fakes/pagerduty/event-log';
import type { Alert } from '../../fakes/pagerduty/model';
import { expectThat, type Stage } from '../stage';
import type { Alarm } from './alertmanager';
import { until } from './records';

/** A trigger, as PagerDuty got it. */
export interface Trigger {
  readonly payload: {
    readonly summary: string;
    readonly severity: string;
    readonly source: string;
    readonly component: string;
  };
  readonly links?: readonly { readonly href: string; readonly text: string }[];
}

/** What PagerDuty was told of an alarm, also in vain. */
export const sentOf = ({ pagerduty }: Stage, { key }: Alarm): Promise<LoggedEvent[]> =>
  pagerduty.log.events({ dedup_key: key });

/** The newest alert of an alarm in PagerDuty, once it has this status, and after how many seconds. */
export async function alertOnce(
  { pagerduty }: Stage,
  { key, summary }: Pick<Alarm, 'key' | 'summary'>,
  status: Alert['status'],
): Promise<{ readonly alert: Alert; readonly seconds: string }> {
  const look = async (): Promise<Alert | undefined> => (await pagerduty.state.alerts({ alert_key: key })).at(-1);
  const { seen, seconds } = await until(look, (alert) => alert?.status === status, `'${summary}' is ${status}`);
  if (seen === undefined) throw new Error(`PagerDuty has no alert ${key}`);
  return { alert: seen, seconds };
}

/** Waits until an attempt to tell of an alarm was answered with this status, from a time on. */
export const answeredOnce = async (stage: Stage, alarm: Alarm, status: number, from = 0): Promise<unknown> =>
  until(
    async () => (await sentOf(stage, alarm)).map((sent) => ({ at: sent.at, status: sent.status })),
    (sent) => sent.some((one) => one.status === status && one.at >= from),
    `PagerDuty answers ${status} to what it is told of '${alarm.summary}'`,
  );

/** Shows what PagerDuty was told of some alarms, in order; what it could not take is counted only. */
export async function showTaken(stage: Stage, alarms: readonly Alarm[]): Promise<void> {
  const rows = await Promise.all(
    alarms.map(async (alarm) => {
      const sent = await sentOf(stage, alarm);
      const taken = sent.filter(({ status }) => status === 202).map(({ event_action }) => event_action ?? '');
      return [alarm.summary, taken.join(', '), sent.length - taken.length, await pagesOf(stage, alarm)] as const;
    }),
  );
  stage.show.table([['alert in PagerDuty', 'taken', 'refused before', 'pages'], ...rows]);
}

/** How often people were woken for an alarm. */
const pagesOf = async ({ pagerduty }: Stage, { key }: Alarm): Promise<number> =>
  (await pagerduty.state.pages({ incident_key: key })).length;

/** Throws unless PagerDuty took these of an alarm, in this order, and woke people once. */
export async function expectTaken(stage: Stage, alarm: Alarm, actions: readonly string[]): Promise<void> {
  const sent = await sentOf(stage, alarm);
  const taken = sent.filter(({ status }) => status === 202).map(({ event_action }) => event_action);
  const wanted = actions.join(', ');
  expectThat(taken.join(', ') === wanted, `of '${alarm.summary}' it took ${taken.join(', ')}: expected ${wanted}`);
  const pages = await pagesOf(stage, alarm);
  expectThat(pages === 1, `people were woken ${pages} times for '${alarm.summary}': expected once`);
}
