/** What PagerDuty takes of an event (Events API v2: "Send an alert event", "Overview: size limits"), and how ours is cut to it. */

export const LONGEST_SUMMARY = 1024;
/** 512 KB; Alertmanager cuts at the same number of bytes. */
export const LARGEST_BODY = 512_000;
/** What is kept of a text in the details when they are too large. */
const KEPT_OF_TEXT = 1_000;

type Details = Readonly<Record<string, unknown>>;

/** Text of so many code points at most. */
export const shorten = (text: string, longest: number): string => {
  const points = Array.from(text);
  return points.length <= longest ? text : points.slice(0, longest).join('');
};

/** A body, and what was cut of it. */
export interface Fitted<B> {
  readonly body: B;
  readonly cuts: readonly string[];
}

export interface TriggerBody {
  readonly event_action: 'trigger';
  readonly dedup_key: string;
  readonly payload: {
    readonly summary: string;
    readonly source: string;
    readonly severity: string;
    readonly timestamp: string;
    readonly component: string;
    readonly group: string;
    readonly class: string;
    readonly custom_details?: Details;
  };
  readonly links?: readonly { readonly href: string; readonly text: string }[];
}

const sizeOf = (body: object): number => Buffer.byteLength(JSON.stringify(body));

const trimmed = (details: Details): Details =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => {
      if (typeof value === 'string') return [name, shorten(value, KEPT_OF_TEXT)];
      return [name, JSON.stringify(value).length > KEPT_OF_TEXT ? '(left out: too large for PagerDuty)' : value];
    }),
  );

/** A trigger that PagerDuty takes: a long summary and large details are cut, and said to be. */
export function fit(body: TriggerBody): Fitted<TriggerBody> {
  const cuts: string[] = [];
  const { custom_details, ...payload } = body.payload;
  const summary = shorten(payload.summary, LONGEST_SUMMARY);
  if (summary !== payload.summary) cuts.push(`the summary was cut to ${LONGEST_SUMMARY} characters`);
  const withDetails = (details: Details | undefined): TriggerBody => ({
    ...body,
    payload: { ...payload, summary, ...(details === undefined ? {} : { custom_details: details }) },
  });
  const whole = withDetails(custom_details);
  // The routing key comes on top of it.
  if (sizeOf(whole) + 100 <= LARGEST_BODY || custom_details === undefined) return { body: whole, cuts };
  cuts.push(`the details were cut to keep the event below ${LARGEST_BODY} bytes`);
  const cut = withDetails({ ...trimmed(custom_details), details_cut: true });
  if (sizeOf(cut) + 100 <= LARGEST_BODY) return { body: cut, cuts };
  return { body: withDetails({ details_cut: true }), cuts };
}
