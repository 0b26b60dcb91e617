import type { Device } from './objects';

/** Which requests a fault befalls; what is left out matches all. */
export interface Scope {
  /** How many of them, from the next on. */
  readonly count?: number;
  /** A part of the path with its parameters. */
  readonly path?: string;
}

/** What can go wrong with answers. */
export interface Faults {
  /** The connection is reset before any byte of an answer. */
  readonly down: Scope;
  /** Another status; HTML unless there is a body for JSON. */
  readonly refuse: Scope & {
    readonly status: number;
    readonly json?: unknown;
    readonly headers?: Record<string, string>;
  };
  /** The answer is right but comes so many milliseconds later. */
  readonly slow: Scope & { readonly ms: number };
  /** The connection is cut after this share of the body; half of it by default. */
  readonly cutPage: Scope & { readonly share?: number };
  /** Between the pages of a walk by offset, devices are deleted, or created, in front of those to come. */
  readonly shiftPages: Scope & { readonly delete?: number; readonly create?: number };
  /** `count` says so many more than there are; 1 by default. */
  readonly overCount: Scope & { readonly by?: number };
  /** Devices that the token has no right to see; the change log still tells of them. */
  readonly hide: Scope & { readonly ids?: readonly number[]; readonly where?: (device: Device) => boolean };
  /** The token has no right to the change log. */
  readonly hideChangeLog: Scope;
  /** `next` points to another host. */
  readonly wrongNext: Scope & { readonly origin: string };
  /** Status 200 with a page for people. */
  readonly notJson: Scope;
  /** A list of nothing. */
  readonly emptyList: Scope;
}

/** The faults that befall one request. */
export type ActiveFaults = { readonly [K in keyof Faults]?: Faults[K] };

export type FaultSettings = ActiveFaults & {
  /** MAX_PAGE_SIZE from now on, until `clear`. */
  readonly maxPageSize?: number;
};

export interface FakeNetboxFaults {
  /** Adds faults; one of the same name replaces the one before. */
  readonly set: (settings: FaultSettings) => void;
  readonly clear: () => void;
  /** What is set, and how often each has struck. */
  readonly hits: () => Readonly<Record<string, number>>;
  /** The faults of this request; counts those that can befall it. */
  readonly take: (method: string, path: string) => ActiveFaults;
  readonly maxPageSize: () => number | undefined;
}

type Name = keyof Faults;

const LIST = /^\/api\/[a-z]+\/[a-z-]+\/(\?|$)/;
const READS: Partial<Record<Name, RegExp>> = {
  shiftPages: /^\/api\/dcim\/devices\/\?(.*&)?offset=0*[1-9]/,
  overCount: LIST,
  wrongNext: LIST,
  emptyList: LIST,
};
const ANY: Partial<Record<Name, RegExp>> = {
  hide: /^\/api\/dcim\/devices\//,
  hideChangeLog: /^\/api\/[a-z]+\/object-changes\//,
};

/** Keeps what goes wrong. */
export function createFaults(): FakeNetboxFaults {
  const rules = new Map<Name, { fault: Scope; hits: number }>();
  let maxPageSize: number | undefined;
  return {
    set: ({ maxPageSize: lowered, ...settings }) => {
      maxPageSize = lowered ?? maxPageSize;
      for (const [name, fault] of Object.entries(settings)) rules.set(name as Name, { fault, hits: 0 });
    },
    clear: () => {
      rules.clear();
      maxPageSize = undefined;
    },
    hits: () => Object.fromEntries([...rules].map(([name, { hits }]) => [name, hits])),
    take: (method, path) => {
      const taken: [string, Scope][] = [];
      for (const [name, rule] of rules) {
        const { count = Infinity, path: part = '' } = rule.fault;
        if (rule.hits >= count || !path.includes(part) || !canBefall(name, method, path)) continue;
        rule.hits += 1;
        taken.push([name, rule.fault]);
      }
      return Object.fromEntries(taken);
    },
    maxPageSize: () => maxPageSize,
  };
}

function canBefall(name: Name, method: string, path: string): boolean {
  const reads = READS[name];
  if (reads !== undefined) return method === 'GET' && reads.test(path);
  return ANY[name]?.test(path) ?? true;
}
