import { Gauge, type Registry } from 'prom-client';
import type { Knex } from 'knex';
import type { Log } from '../../config/log';
import { measure, type Measurements } from '../../store/measurements';
import { INCIDENT_METRICS } from './incident-metrics';
import { IXAPI_METRICS } from './ixapi-metrics';
import { plain, type Metric } from './metric';

const DEFINITIONS: readonly Metric[] = [
  {
    name: 'crossconnect_peeringdb_rows',
    help: 'Published rows of the PeeringDB cache, by object type.',
    labelNames: ['object'],
    values: ({ rows }) => rows.map(({ tag, rows }) => ({ labels: { object: tag }, value: rows })),
  },
  {
    name: 'crossconnect_peeringdb_quarantined_rows',
    help: 'Rows of PeeringDB that wait in quarantine, by object type.',
    labelNames: ['object'],
    values: ({ rows }) => rows.map(({ tag, quarantined }) => ({ labels: { object: tag }, value: quarantined })),
  },
  {
    name: 'crossconnect_peeringdb_snapshot_age_seconds',
    help: 'Seconds since the published snapshot of the PeeringDB cache was published; absent while the cache is empty.',
    labelNames: [],
    values: ({ snapshot_age }) => plain(snapshot_age),
  },
  {
    name: 'crossconnect_peeringdb_sync_duration_seconds',
    help: 'How long the last completed synchronisation took, by mode.',
    labelNames: ['mode'],
    values: ({ durations }) => durations.map(({ mode, seconds }) => ({ labels: { mode }, value: seconds })),
  },
  {
    name: 'crossconnect_peeringdb_synchronisations',
    help: 'Synchronisations on record, by mode and status.',
    labelNames: ['mode', 'status'],
    values: ({ synchronisations }) =>
      synchronisations.map(({ mode, status, count }) => ({ labels: { mode, status }, value: count })),
  },
  {
    name: 'crossconnect_netbox_routers',
    help: 'Routers, by what became of their devices in NetBox.',
    labelNames: ['state'],
    values: ({ netbox }) => netbox.routers.map(({ state, count }) => ({ labels: { state }, value: count })),
  },
  {
    name: 'crossconnect_netbox_missed_webhooks',
    help: 'Changes in the change log of NetBox whose webhook did not come, since they are counted.',
    labelNames: [],
    values: ({ netbox }) => plain(netbox.missed_webhooks),
  },
  {
    name: 'crossconnect_netbox_held_changes',
    help: 'Routers that the guard keeps from being disabled or deleted until a person confirms it.',
    labelNames: [],
    values: ({ netbox }) => plain(netbox.held),
  },
  {
    name: 'crossconnect_netbox_follow_age_seconds',
    help: 'Seconds since the change log of NetBox was last followed to its end; absent while it never was.',
    labelNames: [],
    values: ({ netbox }) => plain(netbox.follow_age),
  },
  {
    name: 'crossconnect_netbox_kept_hints',
    help: 'Hints about devices that are kept until Temporal can take them.',
    labelNames: [],
    values: ({ netbox }) => plain(netbox.kept_hints),
  },
  ...IXAPI_METRICS,
  ...INCIDENT_METRICS,
  {
    name: 'crossconnect_jobs',
    help: 'Jobs on record, by type and status.',
    labelNames: ['type', 'status'],
    values: ({ jobs }) => jobs.map(({ type, status, count }) => ({ labels: { type, status }, value: count })),
  },
];

/**
 * Gauges of what PostgreSQL remembers, asked for when somebody looks: they are right whichever process answers, and
 * after every restart. Without the database they are left out, and the rest still answers.
 */
export function registerProductMetrics(
  registry: Registry,
  { knex, clock, log }: { knex: Knex; clock: () => Date; log: Log },
): void {
  let asked: Promise<Measurements | undefined> | undefined;
  // All gauges of one look share the questions.
  const measured = (): Promise<Measurements | undefined> => {
    asked ??= measure(knex, clock())
      .catch((error: unknown) => {
        log.warn({ err: error }, 'the measurements of the database are not to be had');
        return undefined;
      })
      .finally(() => (asked = undefined));
    return asked;
  };
  for (const { name, help, labelNames, values } of DEFINITIONS) {
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      async collect() {
        this.reset();
        // A reset gauge without labels says 0, which nobody measured.
        if (labelNames.length === 0) this.remove();
        const now = await measured();
        for (const { labels, value } of now ? values(now) : []) this.set(labels, value);
      },
    });
  }
}
