/** How severe each difference is: critical is what stops traffic, now or soon, and what a person is rightly woken for. */

/** The worst first. */
export const SEVERITIES = ['critical', 'warning', 'info'] as const;

export type DriftSeverity = (typeof SEVERITIES)[number];

interface Case {
  readonly severity: DriftSeverity;
  /** Why it is as severe as that. */
  readonly why: string;
}

/** Within so many days a decommission is near. */
export const NEAR_DAYS = 30;

export const CASES = {
  'address-ours': { severity: 'critical', why: 'nobody answers at the address that the exchange gave us' },
  'address-elsewhere': { severity: 'warning', why: 'others set up sessions by what PeeringDB or NetBox says' },
  'mac-ours': { severity: 'critical', why: 'exchanges drop frames from a MAC address that they do not know' },
  'mac-elsewhere': { severity: 'warning', why: 'the router may have another MAC address than is thought' },
  'vlan-ours': { severity: 'critical', why: 'frames with other tags do not reach the LAN' },
  'vlan-elsewhere': { severity: 'warning', why: 'the router may use another tag than is thought' },
  speed: { severity: 'warning', why: 'others plan by it, but traffic flows' },
  asn: { severity: 'warning', why: 'sessions are set up for the wrong AS' },
  'rs-peer': { severity: 'warning', why: 'others expect our routes at the route servers, or do not' },
  'required-feature': { severity: 'warning', why: 'the config cannot reach production without it' },
  'decommission-near': { severity: 'critical', why: 'traffic ends within days' },
  'decommission-far': { severity: 'warning', why: 'traffic ends, but there is time' },
  'status-error': { severity: 'critical', why: 'the exchange says that it is broken' },
  'status-warning': { severity: 'warning', why: 'the exchange says that something is missing' },
  expired: { severity: 'critical', why: 'the exchange may refuse or give away what we use' },
  'not-valid-yet': { severity: 'warning', why: 'it is ours only later' },
  'not-operational': {
    severity: 'warning',
    why: 'it is in production and said to be down; monitoring tells of traffic',
  },
  'disabled-here': { severity: 'info', why: 'we disabled it on purpose' },
  'not-imported': { severity: 'info', why: 'it is for a person to import' },
  gone: { severity: 'critical', why: 'our connection is none at the exchange any more' },
  'router-away': { severity: 'warning', why: 'the router is not in service, or its record is out of date' },
  unresolved: { severity: 'info', why: 'it is not known what the exchange means' },
} as const satisfies Readonly<Record<string, Case>>;

export type DriftCase = keyof typeof CASES;
