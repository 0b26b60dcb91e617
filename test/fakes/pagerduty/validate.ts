/** An event that passed validation. */
export interface ValidEvent {
  readonly routing_key: string;
  readonly event_action: 'trigger' | 'acknowledge' | 'resolve';
  readonly dedup_key?: string;
  /** There with every trigger. */
  readonly payload?: {
    readonly summary: string;
    readonly source: string;
    readonly severity: string;
    readonly custom_details?: unknown;
  };
}

type Fields = Readonly<Record<string, unknown>>;

const ACTIONS = ['trigger', 'acknowledge', 'resolve'];
const SEVERITIES = ['critical', 'warning', 'error', 'info'];
const KEY_LENGTH = 32;
const LONGEST_DEDUP_KEY = 255;
const LONGEST_SUMMARY = 1024;

/** All that PagerDuty has against an event, in the order of the fields. */
export function validate(body: Fields): string[] {
  return [
    ...checkRoutingKey(body['routing_key']),
    ...checkAction(body['event_action']),
    ...checkDedupKey(body),
    ...(body['event_action'] === 'trigger' ? checkTrigger(body) : []),
  ];
}

/** Both texts were seen together (github.com/blockpane/tenderduty/issues/10); the blank one is by analogy, unverified. */
function checkRoutingKey(key: unknown): string[] {
  if (!isText(key)) return [missing('routing_key')];
  return [
    ...(key.length === KEY_LENGTH ? [] : [`Length of 'routing_key' is incorrect (should be 32 characters)`]),
    ...(/^[a-z0-9]*$/i.test(key) ? [] : [`'routing_key' cannot contain non-alphanumeric characters.`]),
  ];
}

/** Missing: go-pagerduty, event_v2_test.go. Invalid: by analogy with the severity, unverified. */
function checkAction(action: unknown): string[] {
  if (!isText(action)) return [missing('event_action')];
  if (ACTIONS.includes(action)) return [];
  return [`'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')`];
}

/** The limits: PagerDuty docs, Events API v2, "Send an alert event". The texts are by analogy, unverified. */
function checkDedupKey({ event_action: action, dedup_key: key }: Fields): string[] {
  if (!isText(key)) return action === 'acknowledge' || action === 'resolve' ? [missing('dedup_key')] : [];
  if (Array.from(key).length <= LONGEST_DEDUP_KEY) return [];
  return [`Length of 'dedup_key' is incorrect (should be at most 255 characters)`];
}

function checkTrigger({ payload, links }: Fields): string[] {
  const { summary, source, severity }: Fields = isFields(payload) ? payload : {};
  return [
    ...checkSummary(summary),
    // SigNoz/signoz#9536 and solana-foundation/solana-developer-platform#576 show these two.
    ...(!isText(source) ? [missing('payload.source')] : []),
    ...checkSeverity(severity),
    ...checkLinks(links),
  ];
}

/** Both texts are by analogy, unverified. */
function checkSummary(summary: unknown): string[] {
  if (!isText(summary)) return [missing('payload.summary')];
  if (Array.from(summary).length <= LONGEST_SUMMARY) return [];
  return [`Length of 'payload.summary' is incorrect (should be at most 1024 characters)`];
}

/** Invalid: prometheus/alertmanager#3902. */
function checkSeverity(severity: unknown): string[] {
  if (!isText(severity)) return [missing('payload.severity')];
  if (SEVERITIES.includes(severity)) return [];
  return [`'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')`];
}

/** Links need an href (PagerDuty docs); the text is by analogy, unverified. */
function checkLinks(links: unknown): string[] {
  if (!Array.isArray(links)) return [];
  return links.flatMap((link: unknown, at) =>
    isFields(link) && isText(link['href']) ? [] : [missing(`links[${at}].href`)],
  );
}

/** Whether it is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

const missing = (field: string): string => `'${field}' is missing or blank`;
