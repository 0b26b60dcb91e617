/** What can go wrong with one request. */
export type Fault =
  /** Another answer, and nothing is done: a problem document with members of `problem`, or `body` as it is. */
  | {
      readonly kind: 'status';
      readonly status: number;
      /** Seconds or a date. */
      readonly retryAfter?: number | string;
      /** Members of the document; `detail` need not be a text, as real servers show. */
      readonly problem?: object;
      readonly body?: string;
      readonly type?: string;
    }
  /** The connection is destroyed and nothing is done. */
  | { readonly kind: 'reset' }
  /** It is done, then the connection is destroyed without an answer. */
  | { readonly kind: 'lose-answer' }
  /** It is done and answered so many milliseconds later. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** There is never an answer. */
  | { readonly kind: 'hang' }
  /** The connection is cut after this share of the body, half of it by default. */
  | { readonly kind: 'truncated'; readonly share?: number }
  /** Only this share of the body, half by default, with a content length that says that it is all. */
  | { readonly kind: 'truncated-json'; readonly share?: number }
  /** The right status with a page for people. */
  | { readonly kind: 'not-json' }
  /** The right body under another name. */
  | { readonly kind: 'content-type'; readonly type: string }
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: number }
  /** All access tokens are taken back, so this request is answered 401. */
  | { readonly kind: 'revoke' }
  /** A list has so many rows only, and does not say so; or says so, with status 206. */
  | { readonly kind: 'rows'; readonly keep: number; readonly status?: 200 | 206 }
  /** A list says that it is not all. */
  | { readonly kind: 'partial' }
  /** A list always has its first page, and says that there is more; with other ids each time if `fresh`. */
  | { readonly kind: 'endless'; readonly fresh?: boolean }
  /** So many rows are gone from the front of a list, so that those of the pages to come move up. */
  | { readonly kind: 'shift'; readonly by: number }
  /** Every row twice. */
  | { readonly kind: 'duplicate-rows' };

/** Which requests a fault befalls; what is left out matches all. */
export interface When {
  /** Below the base, as `/ips`; with `*` at its end all that begin so. */
  readonly path?: string;
  /** A part of the parameters. */
  readonly query?: string;
  readonly method?: string;
  /** The first of the matching requests to be hit, from 1. */
  readonly nth?: number;
  /** How many are hit from there on; null for all of them. 1 by default. */
  readonly count?: number | null;
}

interface Rule {
  readonly when: When;
  readonly fault: Fault;
  /** Matching requests so far, hit or not. */
  seen: number;
  hits: number;
}

export interface FakeIxapiFaults {
  /** The first rule that hits wins; rules behind it still count the request. */
  readonly add: (when: When, fault: Fault) => void;
  readonly rules: () => readonly Rule[];
  readonly clear: () => void;
}

/** What a fault is matched against. */
export interface Question {
  readonly method: string;
  /** Below the base. */
  readonly path: string;
  readonly query: string;
}

export type TakeFault = (question: Question) => Fault | undefined;

/** Keeps the script of what goes wrong. */
export function createFaults(): { faults: FakeIxapiFaults; take: TakeFault } {
  const rules: Rule[] = [];
  const faults: FakeIxapiFaults = {
    add: (when, fault) => void rules.push({ when, fault, seen: 0, hits: 0 }),
    rules: () => rules,
    clear: () => void rules.splice(0),
  };
  const take = (question: Question): Fault | undefined => {
    let taken: Rule | undefined;
    for (const rule of rules.filter(({ when }) => isMeant(when, question))) {
      rule.seen += 1;
      if (taken === undefined && isDue(rule)) taken = rule;
    }
    if (taken !== undefined) taken.hits += 1;
    return taken?.fault;
  };
  return { faults, take };
}

function isMeant({ path, query = '', method }: When, question: Question): boolean {
  if (method !== undefined && method !== question.method) return false;
  if (!question.query.includes(query)) return false;
  if (path === undefined) return true;
  return path.endsWith('*') ? question.path.startsWith(path.slice(0, -1)) : question.path === path;
}

function isDue({ when, seen, hits }: Rule): boolean {
  const count = when.count === undefined ? 1 : when.count;
  return seen >= (when.nth ?? 1) && (count === null || hits < count);
}
