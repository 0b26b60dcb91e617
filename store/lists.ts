import type { ListSource } from './query/columns';

/** Lists of the product's own tables. */

export const JOBS: ListSource = {
  table: 'core_job',
  columns: [
    { name: 'id', kind: 'uuid' },
    { name: 'type', kind: 'text' },
    { name: 'status', kind: 'text' },
    { name: 'workflow_id', kind: 'text' },
    { name: 'run_id', kind: 'text' },
    { name: 'progress', kind: 'json' },
    { name: 'result', kind: 'json' },
    { name: 'error', kind: 'json' },
    { name: 'created', kind: 'timestamp' },
    { name: 'started', kind: 'timestamp' },
    { name: 'finished', kind: 'timestamp' },
  ],
  search: ['type', 'workflow_id'],
  brief: ['id', 'type', 'status', 'created'],
  ordering: '-created',
};

export const TOKENS: ListSource = {
  table: 'core_token',
  columns: [
    { name: 'id', kind: 'integer' },
    { name: 'name', kind: 'text' },
    { name: 'scope', kind: 'text' },
    { name: 'expires', kind: 'timestamp' },
    { name: 'allowed_ips', kind: 'opaque', expression: 'allowed_ips::text[]' },
    { name: 'created', kind: 'timestamp' },
    { name: 'last_used', kind: 'timestamp' },
  ],
  search: ['name'],
  brief: ['id', 'name', 'scope'],
};
