import { SEVERITIES } from './cases';
import { DRIFT_SOURCES } from './finding';
import type { ListColumn, ListSource } from '../../query/columns';

/** When a source said what it says: known of the whole comparison, or of each connection. */
const TIMES = {
  ixapi: 'c.ixapi_at',
  peeringdb: 'c.peeringdb_at',
  local: 'd.local_at',
  netbox: 'd.netbox_at',
} as const satisfies Readonly<Record<(typeof DRIFT_SOURCES)[number], string>>;

/** What a source says, and how many seconds ago it said so; both null where it says nothing. */
const saying = (source: (typeof DRIFT_SOURCES)[number]): readonly ListColumn[] => [
  { name: source, kind: 'opaque', expression: `d.${source}` },
  {
    name: `${source}_age`,
    kind: 'integer',
    expression: `CASE WHEN d.${source} IS NOT NULL AND ${TIMES[source]} IS NOT NULL
      THEN CAST(floor(greatest(0, extract(epoch FROM now() - ${TIMES[source]}))) AS bigint) END`,
  },
];

/** Where an exchange, PeeringDB, NetBox and our own records differ, the worst first. */
export const DRIFT: ListSource = {
  table: 'ixapi_drift AS d LEFT JOIN ixapi_comparison AS c ON c.internet_exchange = d.internet_exchange',
  columns: [
    { name: 'id', kind: 'integer' },
    { name: 'internet_exchange', kind: 'integer', expression: 'd.internet_exchange' },
    {
      name: 'internet_exchange_name',
      kind: 'text',
      expression: '(SELECT x.name FROM peering_internet_exchange x WHERE x.id = d.internet_exchange)',
    },
    { name: 'network_service_config', kind: 'text' },
    { name: 'connection', kind: 'integer' },
    { name: 'kind', kind: 'text' },
    { name: 'severity', kind: 'text', order: `array_position(ARRAY['${SEVERITIES.join("', '")}'], d.severity)` },
    { name: 'message', kind: 'text' },
    ...DRIFT_SOURCES.flatMap(saying),
    { name: 'is_reported', kind: 'boolean' },
    { name: 'first_seen', kind: 'timestamp' },
    { name: 'last_seen', kind: 'timestamp', expression: 'c.compared_at' },
  ],
  search: ['network_service_config', 'message'],
  brief: ['id', 'internet_exchange', 'network_service_config', 'kind', 'severity'],
  ordering: 'severity',
};
