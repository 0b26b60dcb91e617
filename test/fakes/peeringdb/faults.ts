import type { ObjectTag } from '../../../store/peeringdb/objects';
import type { Kind, Query } from './query';
import type { Identity } from './visibility';

/** What can go wrong with one answer. */
export type Fault =
  /** 429; `retryAfter` in seconds or as a date, `null` for none at all. */
  | { readonly kind: 'throttled'; readonly retryAfter: number | string | null }
  | { readonly kind: 'unauthorized' }
  /** The web application firewall's HTML, status 403. */
  | { readonly kind: 'firewall' }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number; readonly html?: boolean }
  /** The connection is reset before any byte of an answer. */
  | { readonly kind: 'reset' }
  /** The connection is reset after this share of the body. */
  | { readonly kind: 'reset-in-body'; readonly share?: number }
  /** Only this share of the JSON, with a content length that says it is all. */
  | { readonly kind: 'truncated-json'; readonly share?: number }
  /** Only this share of the gzip stream, with a content length that says it is all. */
  | { readonly kind: 'truncated-gzip'; readonly share?: number }
  /** A body that ends properly but holds only the first share of the rows: 0 means `"data": []`. */
  | { readonly kind: 'missing-rows'; readonly share: number }
  /** Every row twice. */
  | { readonly kind: 'duplicate-rows' }
  /** Bytes in the middle of the body that are no JSON. */
  | { readonly kind: 'garbled' }
  /** Status 200 with a page for people. */
  | { readonly kind: 'html' }
  /** The body in pieces with pauses (milliseconds) between them. */
  | { readonly kind: 'drip'; readonly pieces: number; readonly pause: number }
  /** Nothing more is sent, before the headers or after half of the body; the connection stays open. */
  | { readonly kind: 'hang'; readonly after: 'request' | 'half' }
  /** The right body under another name. */
  | { readonly kind: 'content-type'; readonly type: string }
  /** Status 200 with an error in `meta` and no rows. */
  | { readonly kind: 'meta-error'; readonly error: string }
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: number }
  /** The answer is right but comes this many milliseconds later. */
  | { readonly kind: 'delay'; readonly milliseconds: number };

/** Which requests a fault befalls; what is left out matches all. */
export interface When {
  readonly tag?: ObjectTag;
  readonly kind?: Kind;
  readonly identity?: Identity;
  /** The first of the matching requests to be hit, from 1. */
  readonly nth?: number;
  /** How many are hit from there on; `null` for all of them. 1 by default. */
  readonly count?: number | null;
}

/** A fault that waits for its requests. */
export interface Rule {
  readonly when: When;
  readonly fault: Fault;
  /** Matching requests so far, hit or not. */
  seen: number;
  hits: number;
}

export interface Faults {
  readonly add: (when: When, fault: Fault) => Rule;
  readonly clear: () => void;
  readonly rules: readonly Rule[];
  /** The fault that befalls this request, if any; counts it. */
  take(query: Query, identity: Identity): Fault | undefined;
}

/** Keeps the script of what goes wrong. The first rule that hits wins; rules behind it still count the request. */
export function createFaults(): Faults {
  const rules: Rule[] = [];
  return {
    rules,
    add: (when, fault) => {
      const rule: Rule = { when, fault, seen: 0, hits: 0 };
      rules.push(rule);
      return rule;
    },
    clear: () => void rules.splice(0),
    take: (query, identity) => {
      let taken: Rule | undefined;
      for (const rule of rules.filter(({ when }) => isMeant(when, query, identity))) {
        rule.seen += 1;
        if (taken === undefined && isDue(rule)) taken = rule;
      }
      if (taken !== undefined) taken.hits += 1;
      return taken?.fault;
    },
  };
}

function isMeant(when: When, query: Query, identity: Identity): boolean {
  return (
    (when.tag === undefined || when.tag === query.tag) &&
    (when.kind === undefined || when.kind === query.kind) &&
    (when.identity === undefined || when.identity === identity)
  );
}

function isDue({ when, seen, hits }: Rule): boolean {
  const count = when.count === undefined ? 1 : when.count;
  return seen >= (when.nth ?? 1) && (count === null || hits < count);
}
