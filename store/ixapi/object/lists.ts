import type { ListColumn, ListSource } from '../../query/columns';

/** What an object showed when it was last read. */
const ofState = (name: string, kind: ListColumn['kind'], expression = name): ListColumn => ({
  name,
  kind,
  expression: `(SELECT s.${expression} FROM ixapi_state s WHERE s.ix_api = extras_ix_api.id)`,
});

/** IX-API objects, with Peering Manager's field names. Their secrets are in no list. */
export const IX_APIS: ListSource = {
  table: 'extras_ix_api',
  columns: [
    { name: 'id', kind: 'integer' },
    { name: 'name', kind: 'text' },
    { name: 'api_url', kind: 'text' },
    { name: 'api_key', kind: 'text' },
    { name: 'identity', kind: 'text' },
    ofState('version', 'text'),
    ofState('health', 'text', `health->>'status'`),
    ofState('fetched_at', 'timestamp'),
    {
      name: 'internet_exchange_count',
      kind: 'integer',
      expression: '(SELECT count(*) FROM peering_internet_exchange x WHERE x.ixapi_endpoint = extras_ix_api.id)',
    },
    { name: 'created', kind: 'timestamp' },
    { name: 'last_updated', kind: 'timestamp' },
  ],
  search: ['name', 'api_url', 'identity'],
  brief: ['id', 'name', 'api_url'],
};
