import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { EventReport } from '../../../store/incidents/event-rows';
import { EVENT_STATUSES } from '../../../store/incidents/statuses';
import { document } from '../../http/document';
import { anyCase, name } from '../../http/schemas';
import { criticalityOf, isAhead, messageOf, momentOf, MOST_ALERTS } from './alerts-common';

/** A name or a number, as scripts send either. */
const label = (max: number): z.ZodType<string> =>
  z
    .union([z.string(), z.int()], { error: 'expected text' })
    .transform(String)
    .pipe(name(max))
    .transform((value) => value.trim())
    .meta({ type: 'string', minLength: 1, maxLength: max });

const timestamp = (clock: () => Date): z.ZodType<string> =>
  z
    .string()
    .transform((value, ctx) => {
      const moment = momentOf(value);
      if (moment !== undefined && !isAhead(moment, clock())) return moment;
      const expected =
        moment === undefined ? 'a time, such as 2026-01-31T12:00:00Z' : 'a time that is not in the future';
      ctx.addIssue({ code: 'custom', message: `expected ${expected}` });
      return z.NEVER;
    })
    .meta({ type: 'string', format: 'date-time', description: 'when it began: an older one changes nothing' });

/** An alert, as the plugin's `alerts/generic/` takes it. */
const alertSchema = (clock: () => Date) =>
  z
    .strictObject({
      source: label(100).meta({ description: 'the event source, made if there is none of that name' }),
      timestamp: timestamp(clock).nullish(),
      severity: name(100).meta({
        description: 'critical, high, medium, low, warning, info or ok; anything else counts as warning',
      }),
      status: anyCase(EVENT_STATUSES).default('triggered'),
      message: name(1_000_000).meta({ description: 'cut to 1000 characters' }),
      dedup_id: label(255).nullish().meta({
        description: 'tells problems apart; by default made of source, target, service and message',
      }),
      target: z.strictObject({ type: z.enum(['device', 'vm', 'service']), identifier: label(255) }).nullish(),
      service: label(255).nullish().meta({ description: 'the name of a technical service' }),
      raw_data: document.nullish(),
    })
    .meta({ id: 'GenericAlert' });

type Alert = z.output<ReturnType<typeof alertSchema>>;

/** The same problem gets the same id, also when it is over. */
function derivedId({ source, target, service, message }: Alert): string {
  const parts = [source, target?.type ?? null, target?.identifier ?? null, service ?? null, message];
  return `sha256-${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}

/** What an alert reports of an event. */
export function reportOfGeneric(alert: Alert): EventReport {
  const { source, timestamp: began, severity, status, message, dedup_id, target, service, raw_data } = alert;
  const serviceName = service ?? (target?.type === 'service' ? target.identifier : undefined);
  return {
    ...{ source, status, message: messageOf(message), dedup_id: dedup_id ?? derivedId(alert) },
    ...criticalityOf(severity),
    ...(typeof began === 'string' ? { occurred_at: began } : {}),
    ...(target ? { target_type: target.type, target: target.identifier } : {}),
    ...(serviceName === undefined ? {} : { service: serviceName }),
    ...(raw_data ? { raw: raw_data } : {}),
  };
}

/** One alert or many. What is wrong is said of its field, with the number of the alert where there are many. */
export function genericBody(clock: () => Date): z.ZodType<Alert | Alert[]> {
  const one = alertSchema(clock);
  const many = z.array(one).min(1).max(MOST_ALERTS);
  return z.preprocess(
    (value, ctx) => {
      const result = (Array.isArray(value) ? many : one).safeParse(value);
      for (const issue of result.error?.issues ?? []) ctx.issues.push({ ...issue, input: undefined });
      return value;
    },
    z.union([one, many]),
  );
}
