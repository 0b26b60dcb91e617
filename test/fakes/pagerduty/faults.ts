/** What can go wrong with one request. */
export type Fault =
  /** Another answer, and nothing is done. A body of PagerDuty's own form unless one is given. */
  | {
      readonly kind: 'status';
      readonly status: number;
      /** Seconds or a date. */
      readonly retryAfter?: number | string;
      readonly errors?: readonly string[];
      readonly body?: object;
    }
  /** It is done, then the connection is destroyed without an answer. */
  | { readonly kind: 'lose-answer' }
  /** The connection is destroyed and nothing is done. */
  | { readonly kind: 'reset' }
  /** It is done so many milliseconds later, also if the client is gone by then. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** It is done at once and answered so many milliseconds later. */
  | { readonly kind: 'delay-answer'; readonly milliseconds: number }
  /** There is never an answer; it is done only if so `processed`. */
  | { readonly kind: 'hang'; readonly processed?: boolean }
  /** It is done, and the answer has the right status and a page for people. */
  | { readonly kind: 'not-json' }
  /** It is done, and the connection is cut after this share of the body, half of it by default. */
  | { readonly kind: 'truncated'; readonly share?: number }
  /** It is done, and the body comes under another name. */
  | { readonly kind: 'content-type'; readonly type: string }
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: number };

/** Which requests a fault befalls; what is left out matches all. */
export interface When {
  /** A part of the path with its parameters. */
  readonly path?: string;
  readonly method?: string;
  readonly event_action?: string;
  readonly dedup_key?: string;
  readonly routing_key?: string;
  /** The first of the matching requests to be hit, from 1. */
  readonly nth?: number;
  /** How many are hit from there on; null for all of them. 1 by default. */
  readonly count?: number | null;
}

/** What a fault is matched against. */
export interface Question {
  readonly path: string;
  readonly method: string;
  readonly event_action: string | null;
  readonly dedup_key: string | null;
  readonly routing_key: string | null;
}

export interface Rule {
  readonly when: When;
  readonly fault: Fault;
  /** Matching requests so far, hit or not. */
  seen: number;
  hits: number;
}

export interface FakePagerdutyFaults {
  /** The first rule that hits wins; rules behind it still count the request. */
  readonly add: (when: When, fault: Fault) => void;
  readonly rules: () => readonly Rule[];
  /** Everything is answered 503, or its connection reset, until it is `off`. */
  readonly outage: (mode: 'refuse' | 'reset' | 'off') => void;
  /** Ends the outage too. */
  readonly clear: () => void;
}

export type TakeFault = (question: Question) => Fault | undefined;

/** Keeps the script of what goes wrong. */
export function createFaults(): { faults: FakePagerdutyFaults; take: TakeFault } {
  const rules: Rule[] = [];
  let outage: Fault | undefined;
  const faults: FakePagerdutyFaults = {
    add: (when, fault) => void rules.push({ when, fault, seen: 0, hits: 0 }),
    rules: () => rules,
    outage: (mode) => void (outage = OUTAGES[mode]),
    clear: () => {
      outage = undefined;
      rules.splice(0);
    },
  };
  const take = (question: Question): Fault | undefined => {
    if (outage !== undefined) return outage;
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

const OUTAGES: Readonly<Record<'refuse' | 'reset' | 'off', Fault | undefined>> = {
  refuse: { kind: 'status', status: 503 },
  reset: { kind: 'reset' },
  off: undefined,
};

function isMeant({ path = '', nth: _, count: __, ...exact }: When, question: Question): boolean {
  if (!question.path.includes(path)) return false;
  return Object.entries(exact).every(([name, value]) => question[name as keyof typeof exact] === value);
}

function isDue({ when, seen, hits }: Rule): boolean {
  const count = when.count === undefined ? 1 : when.count;
  return seen >= (when.nth ?? 1) && (count === null || hits < count);
}
