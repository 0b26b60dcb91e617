import { CASES, SEVERITIES, type DriftCase, type DriftSeverity } from './cases';

/** What can differ; of a config there is at most one difference of each kind. */
export type DriftKind =
  | 'ipv4_address'
  | 'ipv6_address'
  | 'speed'
  | 'asn'
  | 'mac_address'
  | 'vlan'
  | 'is_rs_peer'
  | 'required_feature'
  | 'decommission'
  | 'status'
  | 'validity'
  | 'operational'
  | 'not_imported'
  | 'gone'
  | 'router'
  | 'unresolved';

/** The sources, in the order in which they are believed. */
export const DRIFT_SOURCES = ['ixapi', 'local', 'peeringdb', 'netbox'] as const;

export type DriftSource = (typeof DRIFT_SOURCES)[number];

/** What each source says, as JSON; null where it says nothing. */
export type Values = Readonly<Record<DriftSource, unknown>>;

/** Something that differs, or that a peering engineer has to know of a config. */
export interface Difference extends Values {
  readonly network_service_config: string;
  /** The connection of ours. */
  readonly connection: number | null;
  readonly kind: DriftKind;
  readonly severity: DriftSeverity;
  /** One sentence, with the values. */
  readonly message: string;
}

/** One thing that was found of a config: as severe as its case. */
export interface Finding extends Partial<Values> {
  readonly kind: DriftKind;
  readonly case: DriftCase;
  readonly message: string;
}

/** What a source says: as JSON, and as people read it. */
export interface Saying {
  readonly value: unknown;
  readonly text: string;
}

/** What is said by a value, if it is one. */
export const say = <T>(value: T | null | undefined, text: (value: T) => string = String): Saying | undefined =>
  value === null || value === undefined ? undefined : { value, text: text(value) };

export type Sayings = Readonly<Partial<Record<DriftSource, Saying | undefined>>>;

/** Several sayings about one thing. */
export interface Comparison {
  readonly kind: DriftKind;
  /** What it is called in a sentence. */
  readonly what: string;
  readonly sayings: Sayings;
  /** Whether a source says the same as the one that is believed most. */
  readonly agrees: (source: DriftSource, believed: DriftSource) => boolean;
  /** The case where the exchange and we say something else, and the one of all others. */
  readonly cases: readonly [ours: DriftCase, others: DriftCase];
}

const WHERE: Readonly<Record<DriftSource, string>> = {
  ixapi: 'at the exchange',
  local: 'here',
  peeringdb: 'in PeeringDB',
  netbox: 'in NetBox',
};

/** Compares what sources say with what the first of them says that says something. */
export function compare({ kind, what, sayings, agrees, cases: [ours, others] }: Comparison): Finding[] {
  const [believed, ...rest] = DRIFT_SOURCES.filter((source) => sayings[source] !== undefined);
  if (believed === undefined) return [];
  const differing = rest.filter((source) => !agrees(source, believed));
  if (differing.length === 0) return [];
  const said = (source: DriftSource): string => `${sayings[source]?.text ?? 'nothing'} ${WHERE[source]}`;
  const values = Object.fromEntries(DRIFT_SOURCES.map((source) => [source, sayings[source]?.value]));
  const isOurs = believed === 'ixapi' && differing.includes('local');
  const message = `${what} is ${said(believed)}, but ${differing.map(said).join(' and ')}`;
  return [{ ...values, kind, case: isOurs ? ours : others, message }];
}

/** The worst of the severities of some findings. */
export const worstOf = (findings: readonly Finding[]): DriftSeverity =>
  SEVERITIES.find((severity) => findings.some((finding) => CASES[finding.case].severity === severity)) ?? 'info';
