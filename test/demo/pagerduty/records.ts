import { setTimeout as sleep } from 'node:timers/promises';
import { expectThat, type Stage } from '../stage';
import { notificationOf, type Alarm } from './alertmanager';

/** Where events, incidents and PagerDuty are, as in the NetBox plugin. */
export const BUSINESS = '/api/plugins/business-application/';

/** How far an alert is, as its record shows it. */
interface AlertView {
  readonly dedup_key: string;
  readonly told: string;
  readonly pending: number;
}

/** An event or an incident, as far as the story looks at it. */
export interface RecordView {
  readonly id: number;
  readonly status: string;
  readonly alert: AlertView | null;
  /** When an event began. */
  readonly occurred_at?: string;
}

interface Entry {
  readonly time: string;
  readonly action: string;
  readonly actor: string;
  readonly detail: string;
}

interface Page<T> {
  readonly count: number;
  readonly results: readonly T[];
}

/** What became of an alert that was reported. */
interface Reported {
  readonly event_id: number;
  readonly outcome: 'created' | 'updated' | 'stale';
}

/** Reads, below the plugin's path; throws unless the answer is 200. */
export async function read<T>({ product }: Stage, path: string): Promise<T> {
  const { status, body } = await product.get<T>(BUSINESS + path);
  expectThat(status === 200, `GET ${BUSINESS}${path} answers ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** Posts, below the plugin's path; throws unless the answer has the expected status. */
export async function write<T>({ product }: Stage, path: string, body: object, expected: number): Promise<T> {
  const answer = await product.post<T>(BUSINESS + path, body);
  const words = JSON.stringify(answer.body);
  expectThat(answer.status === expected, `POST ${BUSINESS}${path} answers ${answer.status}: ${words}`);
  return answer.body;
}

/** Waits until something is as `is` wants it; what it is then, and after how many seconds. */
export async function until<T>(
  look: () => Promise<T>,
  is: (seen: T) => boolean,
  what: string,
  longest = 60,
): Promise<{ readonly seen: T; readonly seconds: string }> {
  const began = performance.now();
  const passed = (): number => (performance.now() - began) / 1000;
  for (;;) {
    const seen = await look();
    if (is(seen)) return { seen, seconds: passed().toFixed(1) };
    expectThat(passed() < longest, `${what}: not so after ${longest} s, but ${JSON.stringify(seen)}`);
    await sleep(50);
  }
}

async function only(stage: Stage, query: string): Promise<RecordView> {
  const { count, results } = await read<Page<RecordView>>(stage, query);
  const [record] = results;
  if (count !== 1 || record === undefined) throw new Error(`${query} finds ${count} records: expected one`);
  return record;
}

/** The event of an alarm. */
export const eventOf = (stage: Stage, { dedupId }: Pick<Alarm, 'dedupId'>): Promise<RecordView> =>
  only(stage, `events/?dedup_id=${dedupId}`);

/** The incident of this title. */
export const incidentCalled = (stage: Stage, title: string): Promise<RecordView> =>
  only(stage, `incidents/?title=${encodeURIComponent(title)}`);

/** The simulated Alertmanager notifies of one alert; what became of it. */
export async function notify(stage: Stage, alert: object): Promise<Reported> {
  const path = 'alerts/alertmanager/';
  const { events } = await write<{ events: readonly Reported[] }>(stage, path, notificationOf(alert), 202);
  const [reported] = events;
  if (reported === undefined) throw new Error('nothing became of the notification');
  return reported;
}

/** Shows the timeline of an incident: when, who, what. */
export async function showTimeline(stage: Stage, { id }: RecordView): Promise<readonly Entry[]> {
  const path = `incidents/${id}/timeline/`;
  const { results } = await read<Page<Entry>>(stage, path);
  stage.show.say(`GET ${BUSINESS}${path}`);
  stage.show.table([
    ['time', 'who', 'what', ''],
    ...results.map(({ time, actor, action, detail }) => [time.slice(11, 19), actor || 'workflow', action, detail]),
  ]);
  return results;
}
