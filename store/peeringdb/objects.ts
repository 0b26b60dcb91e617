import {
  integer,
  asn,
  text,
  flag,
  time,
  json,
  required,
  id,
  handleref,
  named,
  web,
  address,
  type Column,
} from './columns';

/**
 * PeeringDB's 13 object types: their tags, tables and fields, in the order in which parents come before children.
 *
 * Field names, order, types and lengths are PeeringDB's own (peeringdb 2.82.0, `serializers.py`; django-peeringdb,
 * `models/abstract.py`). Choice fields are plain text, so that a value PeeringDB adds tomorrow goes through. A field
 * that is not listed here is kept in the column `extra`.
 */
/** The tags of the object types, as PeeringDB spells them. */
export const OBJECT_TAGS = [
  'org',
  'campus',
  'fac',
  'carrier',
  'carrierfac',
  'net',
  'ix',
  'ixfac',
  'ixlan',
  'ixpfx',
  'netfac',
  'netixlan',
  'poc',
] as const;

export type ObjectTag = (typeof OBJECT_TAGS)[number];

/** A reference that a row cannot be without: the row waits in quarantine while its parent is not in the cache. */
export interface Parent {
  readonly column: string;
  readonly tag: ObjectTag;
}

export interface PeeringdbObject {
  readonly tag: ObjectTag;
  /** The table of rows with status ok. */
  readonly table: string;
  /** The unlogged table in which a synchronisation gathers rows before it publishes them. */
  readonly staging: string;
  /** The path of the read-only list below `/api/peeringdb/`. */
  readonly path: string;
  /** What one of them is called in a sentence. */
  readonly label: string;
  readonly columns: readonly Column[];
  readonly parents: readonly Parent[];
}

function define(
  tag: ObjectTag,
  path: string,
  label: string,
  columns: readonly Column[],
  parents: Readonly<Record<string, ObjectTag>> = {},
): PeeringdbObject {
  return {
    tag,
    table: `peeringdb_${tag}`,
    staging: `peeringdb_staging_${tag}`,
    path,
    label,
    columns: [id, ...columns.map((column) => (column.name in parents ? required(column) : column)), ...handleref],
    parents: Object.entries(parents).map(([column, parent]) => ({ column, tag: parent })),
  };
}

const org = define('org', 'organizations', 'organization', [...named, ...web, text('notes'), text('logo'), ...address]);

const campus = define(
  'campus',
  'campuses',
  'campus',
  [
    integer('org_id'),
    text('org_name', 255),
    ...named,
    ...web,
    text('notes'),
    text('country', 2),
    text('city', 255),
    text('zipcode', 48),
    text('state', 255),
    text('logo'),
  ],
  { org_id: 'org' },
);

const fac = define(
  'fac',
  'facilities',
  'facility',
  [
    integer('org_id'),
    text('org_name', 255),
    integer('campus_id'),
    ...named,
    ...web,
    text('clli', 18),
    text('rencode', 18),
    text('npanxx', 21),
    text('notes'),
    integer('net_count'),
    integer('ix_count'),
    integer('carrier_count'),
    text('sales_email', 254),
    text('sales_phone', 192),
    text('tech_email', 254),
    text('tech_phone', 192),
    json('available_voltage_services'),
    flag('diverse_serving_substations'),
    text('property', 27),
    text('region_continent', 255),
    text('status_dashboard', 255),
    text('logo'),
    ...address,
  ],
  { org_id: 'org' },
);

const carrier = define(
  'carrier',
  'carriers',
  'carrier',
  [integer('org_id'), text('org_name', 255), ...named, ...web, text('notes'), integer('fac_count'), text('logo')],
  { org_id: 'org' },
);

const carrierfac = define(
  'carrierfac',
  'carrier-facilities',
  'carrier facility',
  [text('name', 255), integer('carrier_id'), integer('fac_id')],
  { carrier_id: 'carrier', fac_id: 'fac' },
);

const net = define(
  'net',
  'networks',
  'network',
  [
    integer('org_id'),
    ...named,
    ...web,
    required(asn('asn')),
    text('looking_glass', 255),
    text('route_server', 255),
    text('irr_as_set', 255),
    text('info_type', 60),
    json('info_types'),
    integer('info_prefixes4'),
    integer('info_prefixes6'),
    text('info_traffic', 39),
    text('info_ratio', 45),
    text('info_scope', 39),
    flag('info_unicast'),
    flag('info_multicast'),
    flag('info_ipv6'),
    flag('info_never_via_route_servers'),
    integer('ix_count'),
    integer('fac_count'),
    text('notes'),
    time('netixlan_updated'),
    time('netfac_updated'),
    time('poc_updated'),
    text('policy_url', 255),
    text('policy_general', 72),
    text('policy_locations', 72),
    flag('policy_ratio'),
    text('policy_contracts', 36),
    flag('allow_ixp_update'),
    flag('ixp_update_exclude_speed'),
    flag('ixp_update_exclude_is_rs_peer'),
    flag('ixp_update_exclude_operational'),
    text('status_dashboard', 255),
    text('rir_status', 255),
    time('rir_status_updated'),
    text('logo'),
  ],
  { org_id: 'org' },
);

const ix = define(
  'ix',
  'internet-exchanges',
  'internet exchange',
  [
    integer('org_id'),
    required(text('name', 64)),
    text('aka', 255),
    text('name_long', 255),
    text('city', 192),
    text('country', 2),
    text('region_continent', 255),
    text('media', 128),
    text('notes'),
    flag('proto_unicast'),
    flag('proto_multicast'),
    flag('proto_ipv6'),
    ...web,
    text('url_stats', 255),
    text('tech_email', 254),
    text('tech_phone', 192),
    text('policy_email', 254),
    text('policy_phone', 192),
    text('sales_phone', 192),
    text('sales_email', 254),
    integer('net_count'),
    integer('fac_count'),
    integer('ixf_net_count'),
    time('ixf_last_import'),
    time('ixf_import_request'),
    text('ixf_import_request_status', 32),
    text('service_level', 60),
    text('terms', 60),
    text('status_dashboard', 255),
    text('logo'),
  ],
  { org_id: 'org' },
);

const ixfac = define(
  'ixfac',
  'internet-exchange-facilities',
  'internet exchange facility',
  [text('name', 255), text('city', 255), text('country', 2), integer('ix_id'), integer('fac_id')],
  { ix_id: 'ix', fac_id: 'fac' },
);

const ixlan = define(
  'ixlan',
  'ixlans',
  'internet exchange LAN',
  [
    integer('ix_id'),
    text('name', 255),
    text('descr'),
    integer('mtu'),
    flag('dot1q_support'),
    asn('rs_asn'),
    text('arp_sponge', 17),
    text('ixf_ixp_member_list_url', 255),
    text('ixf_ixp_member_list_url_visible', 64),
    flag('ixf_ixp_import_enabled'),
  ],
  { ix_id: 'ix' },
);

const ixpfx = define(
  'ixpfx',
  'ixlan-prefixes',
  'internet exchange LAN prefix',
  [integer('ixlan_id'), text('protocol', 64), required({ name: 'prefix', kind: 'cidr' }), flag('in_dfz')],
  { ixlan_id: 'ixlan' },
);

const netfac = define(
  'netfac',
  'network-facilities',
  'network facility',
  [text('name', 255), text('city', 255), text('country', 2), integer('net_id'), integer('fac_id'), asn('local_asn')],
  { net_id: 'net', fac_id: 'fac' },
);

const netixlan = define(
  'netixlan',
  'network-ixlans',
  'network at an internet exchange LAN',
  [
    integer('net_id'),
    integer('ix_id'),
    text('name', 255),
    integer('ixlan_id'),
    text('notes', 255),
    integer('speed'),
    required(asn('asn')),
    { name: 'ipaddr4', kind: 'inet4' },
    { name: 'ipaddr6', kind: 'inet6' },
    flag('is_rs_peer'),
    flag('bfd_support'),
    flag('operational'),
    integer('net_side_id'),
    integer('ix_side_id'),
  ],
  { net_id: 'net', ixlan_id: 'ixlan' },
);

const poc = define(
  'poc',
  'network-contacts',
  'network contact',
  [
    integer('net_id'),
    text('role', 27),
    text('visible', 64),
    text('name', 254),
    text('phone', 100),
    text('email', 254),
    text('url', 255),
  ],
  { net_id: 'net' },
);

/** The object types by tag. */
export const OBJECTS: Readonly<Record<ObjectTag, PeeringdbObject>> = {
  org,
  campus,
  fac,
  carrier,
  carrierfac,
  net,
  ix,
  ixfac,
  ixlan,
  ixpfx,
  netfac,
  netixlan,
  poc,
};
