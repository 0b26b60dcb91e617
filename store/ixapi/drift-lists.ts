import { SEVERITIES } from './drift-cases';
import { DRIFT_SOURCES } from './drift-finding';
import type { ListColumn, ListSource } from '../query/columns';

/** What a source says, and how many seconds ago it said so; both null where it says nothing. */
const saying = (source: string): readonly ListColumn[] => [
  { name: source, kind: 'opaque', expression: `d.${source}` },
  {
    name: `${source}_age`,
    kind: 'integer',
    expression: `CASE WHEN d.${source}_at IS NOT NULL
      THEN CAST(floor(greatest(0, extract(epoch FROM now() - d.${source}_at))) AS bigint) END`,
  },
];

/** Where an exchange, PeeringDB, NetBox and our own records differ, the worst first. */
export const DRIFT: ListSource = {
  table: 'ixapi_drift AS d',
  columns: [
    { name: 'id', kind: 'integer' },
    { name: 'internet_exchange', kind: 'integer' },
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
    { name: 'last_seen', kind: 'timestamp' },
  ],
  search: ['network_service_config', 'message'],
  brief: ['id', 'internet_exchange', 'network_service_config', 'kind', 'severity'],
  ordering: 'severity',
};
