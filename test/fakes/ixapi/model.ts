/** Version 1 is only recognised: it ended on 2026-07-01 (README of pyixapi). */
export type IxapiVersion = '1' | '2.1.0' | '2.7.1';

/** What there are lists of, by the names in the paths. */
export const COLLECTIONS = [
  'accounts',
  'facilities',
  'devices',
  'pops',
  'metro-areas',
  'metro-area-networks',
  'product-offerings',
  'network-services',
  'network-features',
  'network-service-configs',
  'network-feature-configs',
  'connections',
  'ports',
  'ips',
  'macs',
  'member-joining-rules',
  'roles',
  'role-assignments',
  'contacts',
  'availability-zones',
  'port-reservations',
  'routing-functions',
] as const;

export type Collection = (typeof COLLECTIONS)[number];

/** An object as it is sent, with the fields of all versions. */
export interface Row {
  readonly id: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly [field: string]: any;
}

/** Each list in the order of its creation. */
export type Database = Readonly<Record<Collection, Map<string, Row>>>;

export const isCollection = (name: string | undefined): name is Collection =>
  (COLLECTIONS as readonly (string | undefined)[]).includes(name);

export function createDatabase(): Database {
  return Object.fromEntries(COLLECTIONS.map((name) => [name, new Map<string, Row>()])) as Database;
}

/** The states of whatever has one (IX-API 2.1.0, schema Stateful). */
export const STATES = [
  'requested',
  'allocated',
  'testing',
  'production',
  'production_change_pending',
  'decommission_requested',
  'decommissioned',
  'archived',
  'error',
  'operator',
  'scheduled',
] as const;

export type State = (typeof STATES)[number];

/** A message about an object; severities are those of syslog, 0 is the worst (IX-API 2.1.0, schema Status). */
export interface Status {
  readonly severity: number;
  readonly tag: string;
  readonly message: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly timestamp: string;
}

export const statusOf = (severity: number, tag: string, message: string, timestamp = GENERATED_AT): Status => ({
  severity,
  tag,
  message,
  attrs: {},
  timestamp,
});

/** When generated objects say that they were made; the same in every run. */
export const GENERATED_AT = '2026-01-15T09:30:00Z';
