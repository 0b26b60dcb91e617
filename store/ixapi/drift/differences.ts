import { shorten } from '../../pagerduty/limits';
import type { LocalConnection } from '../exchange';
import { addressFindings } from './addresses';
import { requiredFindings, routeServerFindings } from './features';
import { worstOf, type Difference, type DriftKind, type DriftSource, type Finding } from './finding';
import { orphansOf } from './gone';
import { importFindings, routerFindings, unresolvedFindings } from './records';
import { decommissionFindings, operationalFindings, statusFindings } from './state';
import { subjectsOf, type Sources, type Subject } from './subjects';
import { validityFindings } from './validity';
import { asnFindings, macFindings, speedFindings } from './values';
import { vlanFindings } from './vlan';
import type { World } from '../world';

/** Where an exchange, PeeringDB, NetBox and our own records differ. */

const QUESTIONS: readonly ((subject: Subject) => Finding[])[] = [
  (subject) => addressFindings(subject, 4),
  (subject) => addressFindings(subject, 6),
  speedFindings,
  asnFindings,
  macFindings,
  vlanFindings,
  routeServerFindings,
  requiredFindings,
  decommissionFindings,
  statusFindings,
  validityFindings,
  operationalFindings,
  importFindings,
  routerFindings,
  unresolvedFindings,
];

/** What is kept of a message. */
const LONGEST_MESSAGE = 1000;

/** The first that a source says, if it says something. */
const saidBy = (findings: readonly Finding[], source: DriftSource): unknown =>
  findings.map((finding) => finding[source] ?? null).find((value) => value !== null) ?? null;

/** Findings of one kind as one difference. Nobody is woken for a connection that is disabled here. */
function merge(
  network_service_config: string,
  local: LocalConnection | undefined,
  kind: DriftKind,
  findings: readonly Finding[],
): Difference {
  const severity = worstOf(findings);
  return {
    ...{ network_service_config, connection: local?.id ?? null, kind },
    severity: severity === 'critical' && local?.status === 'disabled' ? 'warning' : severity,
    message: shorten(findings.map(({ message }) => message).join('; '), LONGEST_MESSAGE),
    ixapi: saidBy(findings, 'ixapi'),
    peeringdb: saidBy(findings, 'peeringdb'),
    local: saidBy(findings, 'local'),
    netbox: saidBy(findings, 'netbox'),
  };
}

/**
 * Where sources differ about the configs that are ours at an exchange; nothing while that was never read. Of each config
 * there is one difference of a kind at most, and only sources that say something are compared.
 */
export function compareSources(world: World, sources: Sources): Difference[] {
  if (world.state === undefined) return [];
  const found = subjectsOf(world, sources).flatMap((subject) => {
    const findings = QUESTIONS.flatMap((question) => question(subject));
    const kinds = [...new Set(findings.map(({ kind }) => kind))];
    return kinds.map((kind) => {
      const ofKind = findings.filter((finding) => finding.kind === kind);
      return merge(subject.config.id, subject.local, kind, ofKind);
    });
  });
  const orphans = orphansOf(world).map(({ config, connection, finding }) =>
    merge(config, connection, finding.kind, [finding]),
  );
  return [...found, ...orphans];
}
