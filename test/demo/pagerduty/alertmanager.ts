import { createHash } from 'node:crypto';
import { eventDedupKey } from '../../../store/pagerduty/keys';

/** A problem that the simulated Alertmanager knows of, and what it says of it. */
export interface Alarm {
  /** What tells it apart here, and what PagerDuty knows it by. */
  readonly dedupId: string;
  readonly key: string;
  readonly summary: string;
  firing(startsAt: Date): object;
  resolved(startsAt: Date, endsAt: Date): object;
}

/** Go's zero time: there is none. */
const NO_TIME = '0001-01-01T00:00:00Z';

/** Go writes nanoseconds. */
const goTime = (time: Date): string => time.toISOString().replace('Z', '912955Z');

/** The same labels are the same alert. */
const fingerprintOf = (labels: object): string =>
  createHash('sha256').update(JSON.stringify(labels)).digest('hex').slice(0, 16);

/** An alarm by its labels, of which `severity` says how bad it is and `service` what it concerns. */
export function createAlarm(labels: Readonly<Record<string, string>>, summary: string): Alarm {
  const fingerprint = fingerprintOf(labels);
  const alert = (status: string, startsAt: Date, endsAt: string): object => ({
    ...{ status, labels, annotations: { summary }, startsAt: goTime(startsAt), endsAt },
    ...{ generatorURL: 'http://prom.example/graph?g0.expr=up', fingerprint },
  });
  return {
    ...{ dedupId: fingerprint, key: eventDedupKey(fingerprint), summary },
    firing: (startsAt) => alert('firing', startsAt, NO_TIME),
    resolved: (startsAt, endsAt) => alert('resolved', startsAt, goTime(endsAt)),
  };
}

/** A notification of one alert, in the shape in which Alertmanager 0.34 sends them (webhook version 4). */
export const notificationOf = (alert: object): object => ({
  ...{
    version: '4',
    receiver: 'crossconnect',
    groupKey: '{}:{}',
    truncatedAlerts: 0,
    externalURL: 'http://am.example',
  },
  ...{ groupLabels: {}, commonLabels: {}, commonAnnotations: {}, routeLabels: {} },
  status: 'status' in alert ? alert.status : 'firing',
  alerts: [alert],
});
