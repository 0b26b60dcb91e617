import { Agent, request } from 'undici';
import type { Secret } from '../../config/secret';
import type { Body } from '../../store/pagerduty/payload';
import type { Outcome } from '../../store/pagerduty/settle';

/** One request to the Events API v2. Nothing is retried or followed here. */
export interface EventsClient {
  /** Sends a body under a routing key. Never throws for what PagerDuty or the network do: that is an outcome. */
  post(body: Body, routingKey: Secret, signal?: AbortSignal): Promise<Outcome>;
  close(): Promise<void>;
}

export interface EventsClientOptions {
  /** PAGERDUTY_EVENTS_API_URL. */
  readonly url: string;
  readonly timeoutMs: number;
  readonly userAgent: string;
}

/** Alerts are sent at the pace of their keys; this bounds what one process has open. */
const CONNECTIONS = 32;
/** PagerDuty's answers are a few hundred bytes. */
const LARGEST_ANSWER = 64 * 1024;
/** What is kept of an answer that is not PagerDuty's. */
const KEPT_OF_TEXT = 300;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `Retry-After` in seconds or as a date (RFC 9110); in milliseconds. PagerDuty promises none for events. */
function retryAfterOf(header: string | string[] | undefined): { retryAfterMs?: number } {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return {};
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? { retryAfterMs: Math.max(0, ms) } : {};
}

/** PagerDuty's reasons: its `errors`, else its message (Events API v2: "Error responses"). */
function reasonsOf(answer: unknown, text: string): readonly string[] {
  const { errors, message } = (answer ?? {}) as { errors?: unknown; message?: unknown };
  if (Array.isArray(errors) && errors.length > 0) return errors.map(String);
  return [typeof message === 'string' ? message : text.slice(0, KEPT_OF_TEXT)];
}

type Later = Extract<Outcome, { outcome: 'later' }>;

const later = (reason: string, throttled = false): Later => ({ outcome: 'later', reason, throttled });

/** What an answer means: 202 is taken, 400 is never taken; 429, 408 and 5xx are to be tried again (Events API v2: overview). */
function outcomeOf(status: number, headers: Record<string, string | string[] | undefined>, text: string): Outcome {
  const answer = parsed(text);
  const isPagerdutys = typeof answer === 'object' && answer !== null;
  if (status === 202) return { outcome: 'taken', answer: isPagerdutys ? answer : {} };
  if (status === 400 && isPagerdutys) return { outcome: 'refused', reasons: reasonsOf(answer, text), answer };
  if (status === 413) return { outcome: 'refused', reasons: ['413: the event is too large'], answer: answer ?? {} };
  if (status === 429) return { ...later('PagerDuty answers 429', true), ...retryAfterOf(headers['retry-after']) };
  if (status === 408 || status >= 500)
    return { ...later(`PagerDuty answers ${status}`), ...retryAfterOf(headers['retry-after']) };
  return later(`PAGERDUTY_EVENTS_API_URL answers ${status}, which is not PagerDuty's: ${text.slice(0, KEPT_OF_TEXT)}`);
}

function faultOf(error: unknown): Later {
  const code = (error as { code?: unknown } | null)?.code;
  return later(`PagerDuty cannot be reached: ${typeof code === 'string' ? code : (error as Error).message}`);
}

/** A request that was not answered in time may be handled later than that: as long again is believed. */
const unanswered = (timeoutMs: number): Later => ({
  ...later(`PagerDuty did not answer within ${timeoutMs / 1000} s (PAGERDUTY_TIMEOUT)`),
  unheardMs: timeoutMs,
});

/** A client of the Events API v2. */
export function createEventsClient({ url, timeoutMs, userAgent }: EventsClientOptions): EventsClient {
  const dispatcher = new Agent({ connections: CONNECTIONS, maxResponseSize: LARGEST_ANSWER, pipelining: 1 });
  const headers = { 'content-type': 'application/json', accept: 'application/json', 'user-agent': userAgent };
  return {
    async post(body, routingKey, signal) {
      const timeout = AbortSignal.timeout(timeoutMs);
      const until = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
      try {
        // The key is in the body, where PagerDuty wants it: in no header and no address.
        const sent = JSON.stringify({ routing_key: routingKey.reveal(), ...body });
        const answer = await request(url, { method: 'POST', headers, body: sent, dispatcher, signal: until });
        const text = await answer.body.text();
        const secret = routingKey.reveal();
        return outcomeOf(answer.statusCode, answer.headers, text.replaceAll(secret, '[redacted]'));
      } catch (error) {
        return timeout.aborted ? unanswered(timeoutMs) : faultOf(error);
      }
    },
    close: () => dispatcher.destroy(),
  };
}
