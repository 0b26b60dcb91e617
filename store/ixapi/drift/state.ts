import { shorten } from '../../pagerduty/limits';
import type { Status } from '../documents';
import { NEAR_DAYS } from './cases';
import type { Finding } from './finding';
import { isInProduction, type Subject } from './subjects';

/** What the exchange says of the state of a config and what it hangs on, and whether it is up. */

const DAY_MS = 86_400_000;
/** Syslog's: a warning; what is less severe is no difference. */
const WARNING = 4;
const ERROR = 3;
/** What is shown of a text of the exchange's. */
const LONGEST_TEXT = 300;

const quoted = (text: string): string => shorten(text.trim().replaceAll(/\s+/g, ' '), LONGEST_TEXT);

/** When a config ends, or that it is to end. */
export function decommissionFindings({ config, now }: Subject): Finding[] {
  const { state, decommission_at } = config;
  const kind = 'decommission';
  const ixapi = { state, decommission_at };
  if (decommission_at !== null) {
    const isNear = Date.parse(decommission_at) <= now.getTime() + NEAR_DAYS * DAY_MS;
    const message = `the config is decommissioned at the exchange on ${decommission_at}`;
    return [{ kind, case: isNear ? 'decommission-near' : 'decommission-far', message, ixapi }];
  }
  if (state !== 'decommission_requested') return [];
  const message = 'decommissioning the config was requested at the exchange, which gives no date';
  return [{ kind, case: 'decommission-far', message, ixapi }];
}

interface Stating {
  readonly what: string;
  readonly state: string;
  readonly status: readonly Status[];
}

function statingOf({ config, connection }: Subject): Stating[] {
  const ports = (connection?.ports ?? []).map((port) => ({ ...port, what: `port ${port.name ?? port.id}` }));
  const bundle = connection ? [{ ...connection, what: `connection ${connection.name ?? connection.id}` }] : [];
  return [{ ...config, what: 'config' }, ...bundle, ...ports];
}

/** The worst that is said of a config, its connection and that one's ports; the state `error` is an error by itself. */
export function statusFindings(subject: Subject): Finding[] {
  const stating = statingOf(subject);
  const said = stating
    .flatMap(({ what, state, status }) => status.map((one) => ({ ...one, what, state })))
    .filter(({ severity }) => severity <= WARNING)
    .sort((a, b) => a.severity - b.severity);
  const [worst] = said;
  const broken = stating.find(({ state }) => state === 'error');
  if (broken && (worst === undefined || worst.severity > ERROR)) {
    const own = said.find(({ what }) => what === broken.what);
    const words = own === undefined ? '' : `: ${quoted(own.message)}`;
    const ixapi = { of: broken.what, state: broken.state, status: broken.status };
    const message = `the ${broken.what} is in the state error at the exchange${words}`;
    return [{ kind: 'status', case: 'status-error', message, ixapi }];
  }
  if (worst === undefined) return [];
  const { what, state, severity, tag, message: text, timestamp } = worst;
  const ixapi = { of: what, state, severity, tag, message: text, timestamp };
  const message = `the exchange says of the ${what}: ${quoted(text)} (${quoted(tag)}, severity ${severity})`;
  return [{ kind: 'status', case: severity <= ERROR ? 'status-error' : 'status-warning', message, ixapi }];
}

/** Whether what is in production is up, as far as sources tell. */
export function operationalFindings({ config, connection, netixlan, local, port }: Subject): Finding[] {
  if (!isInProduction(config)) return [];
  const { state } = config;
  const kind = 'operational';
  const findings: Finding[] = [];
  const down = (connection?.ports ?? []).filter(
    ({ operational_state }) => operational_state !== null && operational_state !== 'up',
  );
  if (down.length > 0) {
    const ports = down.map(({ id, name, operational_state }) => ({ id, name, operational_state }));
    const words = ports.map(({ id, name, operational_state }) => `port ${name ?? id} is ${operational_state ?? ''}`);
    const message = `the config is in production, but ${words.join(', ')} at the exchange`;
    findings.push({ kind, case: 'not-operational', message, ixapi: { state, ports } });
  }
  const production = { kind, ixapi: { state } } as const;
  if (netixlan?.operational === false) {
    const message = 'the config is in production, but not operational in PeeringDB';
    findings.push({ ...production, case: 'not-operational', message, peeringdb: { operational: false } });
  }
  if (port?.enabled === false) {
    const message = `the config is in production, but the interface ${port.interface} is disabled in NetBox`;
    findings.push({ ...production, case: 'not-operational', message, netbox: { enabled: false } });
  }
  if (local?.status === 'disabled') {
    const message = 'the config is in production, but our connection is disabled';
    findings.push({ ...production, case: 'disabled-here', message, local: { status: local.status } });
  }
  return findings;
}
