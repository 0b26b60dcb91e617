import { z } from 'zod';
import { AUTONOMOUS_SYSTEMS } from '../../../store/peering/lists';
import { AUTONOMOUS_SYSTEM } from '../../../store/peering/tables';
import type { RecordKind } from '../../http/records';
import { asn, name, text } from '../../http/schemas';

const maxPrefixes = z.int().min(0).max(2_147_483_647).nullable();

/** Autonomous systems: our own, which are `affiliated`, and those that we peer with. */
export const AUTONOMOUS_SYSTEM_KIND: RecordKind = {
  path: '/api/peering/autonomous-systems/',
  label: 'autonomous system',
  schemaId: 'AutonomousSystem',
  tags: ['peering'],
  source: AUTONOMOUS_SYSTEMS,
  table: AUTONOMOUS_SYSTEM,
  fields: {
    asn,
    name: name(255),
    name_peeringdb_sync: z.boolean(),
    description: text(200),
    affiliated: z.boolean(),
    irr_as_set: text(255),
    irr_as_set_peeringdb_sync: z.boolean(),
    ipv4_max_prefixes: maxPrefixes,
    ipv4_max_prefixes_peeringdb_sync: z.boolean(),
    ipv6_max_prefixes: maxPrefixes,
    ipv6_max_prefixes_peeringdb_sync: z.boolean(),
    comments: text(10_000),
  },
  defaults: {
    name_peeringdb_sync: true,
    description: '',
    affiliated: false,
    irr_as_set: '',
    irr_as_set_peeringdb_sync: true,
    ipv4_max_prefixes: null,
    ipv4_max_prefixes_peeringdb_sync: true,
    ipv6_max_prefixes: null,
    ipv6_max_prefixes_peeringdb_sync: true,
    comments: '',
  },
};
