import type { Knex } from 'knex';
import { z } from 'zod';
import { refuseDeletedRouter } from '../../../store/devices/connections';
import { MODES } from '../../../store/ixapi/fields';
import { renewLinks } from '../../../store/peering/links';
import { CONNECTIONS, STATES } from '../../../store/peering/lists';
import { CONNECTION } from '../../../store/peering/tables';
import type { RecordKind } from '../../http/records';
import { invalidRequest } from '../../problem';
import { choice, interfaceAddress, macAddress, reference, text } from '../../http/schemas';

/** Refuses a connection that has the inner one of two tags without the outer one. */
async function refuseLoneTag(trx: Knex.Transaction, id: number): Promise<void> {
  const lone = await trx<{ id: number; vlan: number | null; inner_vlan: number | null }>(CONNECTION.table)
    .where({ id, vlan: null })
    .whereNotNull('inner_vlan')
    .first('id');
  if (lone !== undefined)
    throw invalidRequest({ inner_vlan: ['expected with a vlan: it is the inner one of two tags'] });
}

async function after(trx: Knex.Transaction, id: number): Promise<void> {
  await refuseDeletedRouter(trx, id);
  await refuseLoneTag(trx, id);
  await renewLinks(trx, { connection: id });
}

const vlan = z.int().min(1).max(4094);

/** Connections: our ports at internet exchanges. */
export const CONNECTION_KIND: RecordKind = {
  path: '/api/net/connections/',
  label: 'connection',
  schemaId: 'Connection',
  tags: ['net'],
  source: CONNECTIONS,
  table: CONNECTION,
  fields: {
    internet_exchange_point: reference,
    router: reference.nullable(),
    status: choice(STATES),
    description: text(200),
    vlan: vlan.nullable(),
    inner_vlan: vlan.nullable(),
    mac_address: macAddress.nullable(),
    ipv4_address: interfaceAddress(4).nullable(),
    ipv6_address: interfaceAddress(6).nullable(),
    speed: z.int().min(0).nullable(),
    mode: z.enum(MODES).nullable(),
    comments: text(10_000),
  },
  defaults: {
    router: null,
    status: 'enabled',
    description: '',
    vlan: null,
    inner_vlan: null,
    mac_address: null,
    ipv4_address: null,
    ipv6_address: null,
    speed: null,
    mode: null,
    comments: '',
  },
  after,
};
