import type { ListColumn, ListSource } from '../query/columns';
import { OBJECTS, type ObjectTag } from './objects';

const SEARCHED = [
  'name',
  'aka',
  'name_long',
  'org_name',
  'irr_as_set',
  'city',
  'clli',
  'descr',
  'ipaddr4',
  'ipaddr6',
  'prefix',
  'role',
  'email',
];
const BRIEF = ['id', 'name', 'asn', 'prefix', 'ipaddr4', 'ipaddr6', 'role'];

/** Published rows are ok. */
const STATUS: ListColumn = { name: 'status', kind: 'text', expression: `'ok'::text` };
/** Since when a protected row is no longer shown to us, where it is so. */
const UNCONFIRMED: ListColumn = { name: 'unconfirmed_since', kind: 'timestamp', sparse: true };

function sourceOf(tag: ObjectTag): ListSource {
  const { table, columns } = OBJECTS[tag];
  const names = columns.map(({ name }) => name);
  return {
    table,
    columns: [...columns.map(({ name, kind }) => ({ name, kind })), STATUS, ...(tag === 'poc' ? [UNCONFIRMED] : [])],
    search: SEARCHED.filter((name) => names.includes(name)),
    brief: BRIEF.filter((name) => names.includes(name)),
    extra: 'extra',
  };
}

/** The read-only lists of the cache, with PeeringDB's own field names. */
export const CACHE_LISTS = Object.fromEntries(
  Object.keys(OBJECTS).map((tag) => [tag, sourceOf(tag as ObjectTag)]),
) as Readonly<Record<ObjectTag, ListSource>>;

const COUNTS: readonly ListColumn[] = ['created', 'updated', 'deleted', 'unchanged', 'quarantined'].map((name) => ({
  name,
  kind: 'integer',
}));

export const SYNCHRONISATIONS: ListSource = {
  table: 'peeringdb_synchronisation',
  columns: [
    { name: 'id', kind: 'integer' },
    { name: 'mode', kind: 'text' },
    { name: 'status', kind: 'text' },
    { name: 'job_id', kind: 'uuid' },
    { name: 'started', kind: 'timestamp' },
    { name: 'finished', kind: 'timestamp' },
    ...COUNTS,
    { name: 'objects', kind: 'json' },
    { name: 'summary', kind: 'text' },
    { name: 'records', kind: 'json' },
    { name: 'error', kind: 'json' },
  ],
  search: ['mode', 'status', 'summary'],
  brief: ['id', 'mode', 'status', 'started', 'finished'],
  ordering: '-id',
};

/** The rows as PeeringDB sent them may hold what jsonb does not: they are shown, not searched. */
export const QUARANTINE: ListSource = {
  table: 'peeringdb_quarantine',
  columns: [
    { name: 'id', kind: 'integer' },
    { name: 'object', kind: 'text', expression: 'tag' },
    { name: 'peeringdb_id', kind: 'integer' },
    { name: 'reason', kind: 'text' },
    { name: 'first_seen', kind: 'timestamp' },
    { name: 'last_tried', kind: 'timestamp' },
    { name: 'data', kind: 'opaque' },
  ],
  search: ['object', 'reason'],
  brief: ['id', 'object', 'peeringdb_id', 'reason'],
};

export const HIDDEN_PEERS: ListSource = {
  table: 'peeringdb_hidden_peer',
  columns: [
    { name: 'id', kind: 'integer' },
    { name: 'peeringdb_network', kind: 'integer' },
    { name: 'peeringdb_ixlan', kind: 'integer' },
    { name: 'until', kind: 'timestamp' },
    { name: 'comments', kind: 'text' },
    { name: 'created', kind: 'timestamp' },
    { name: 'last_updated', kind: 'timestamp' },
  ],
  search: ['comments'],
  brief: ['id', 'peeringdb_network', 'peeringdb_ixlan', 'until'],
};
