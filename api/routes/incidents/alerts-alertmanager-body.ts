import { z } from 'zod';
import type { EventReport } from '../../../store/incidents/event-rows';
import { name } from '../../http/schemas';
import { cleaned, criticalityOf, line, messageOf, momentOf, orderable } from './alerts-common';

/** What Alertmanager calls itself in our records. */
export const ALERTMANAGER = 'Alertmanager';

/** Go's zero time, which is how Alertmanager says that there is none. */
const NO_TIME = /^0001-01-01T/;

/** Go writes nanoseconds. */
const moment = z
  .string()
  .transform((value, ctx) => {
    const parsed = NO_TIME.test(value) ? null : momentOf(value);
    if (parsed !== undefined) return parsed;
    ctx.addIssue({ code: 'custom', message: 'expected a time, such as 2026-01-31T12:00:00Z' });
    return z.NEVER;
  })
  .meta({ type: 'string', format: 'date-time' });

const texts = z
  .record(z.string(), z.string())
  .transform((record) => new Map(Object.entries(record).map(([key, value]) => [cleaned(key), cleaned(value)])))
  .default(() => new Map<string, string>());

const alert = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  fingerprint: name(255),
  labels: texts,
  annotations: texts,
  startsAt: moment.nullish(),
  endsAt: moment.nullish(),
  generatorURL: z.string().nullish(),
});

/** A webhook of Alertmanager's, version 4 (Alertmanager 0.34, `notify/webhook/webhook.go` and `template.Data`). */
export const alertmanagerBody = z
  .looseObject({
    version: z.literal('4', { error: `expected "4", the version of Alertmanager's webhooks since 0.7` }),
    alerts: z.array(alert),
    truncatedAlerts: z.int().min(0).nullish(),
  })
  .meta({ description: "A webhook of Alertmanager's", example: { version: '4', alerts: [] } });

type Alert = z.output<typeof alert>;

const TARGET_LABELS = ['device', 'instance', 'host'];

/** The first of some labels that says something. */
const first = (from: ReadonlyMap<string, string>, names: readonly string[]): string | undefined =>
  names.map((key) => from.get(key)).find((value) => value !== undefined && value.trim() !== '');

/** What an alert reports of an event. Its beginning only orders: Alertmanager repeats what fires for as long as it does. */
export function reportOfAlert({ labels, annotations, ...alert }: Alert, now: Date): EventReport {
  const { fingerprint, startsAt, endsAt } = alert;
  const isOver = alert.status === 'resolved';
  const message =
    first(annotations, ['summary', 'description']) ?? first(labels, ['alertname']) ?? `alert ${fingerprint}`;
  const target = first(labels, TARGET_LABELS);
  const service = first(labels, ['service']);
  return {
    ...{ source: ALERTMANAGER, dedup_id: cleaned(fingerprint), status: isOver ? 'ok' : 'triggered' },
    message: messageOf(message),
    ...criticalityOf(labels.get('severity') ?? 'warning'),
    ...(typeof startsAt !== 'string' ? {} : { occurred_at: orderable(startsAt, now) }),
    ...(isOver && typeof endsAt === 'string' ? { ended_at: orderable(endsAt, now) } : {}),
    ...(target === undefined ? {} : { target_type: 'device', target: line(target, 255) }),
    ...(service === undefined ? {} : { service: line(service, 255) }),
    raw: {
      ...{ labels: Object.fromEntries(labels), annotations: Object.fromEntries(annotations) },
      generatorURL: alert.generatorURL ?? null,
    },
  };
}
