import type { Knex } from 'knex';
import { z } from 'zod';
import { refuseDeletedRouter } from '../../../store/devices/connections';
import { renewLinks } from '../../../store/peering/links';
import { CONNECTIONS, STATES } from '../../../store/peering/lists';
import { CONNECTION } from '../../../store/peering/tables';
import type { RecordKind } from '../../http/records';
import { choice, interfaceAddress, macAddress, reference, text } from '../../http/schemas';

async function after(trx: Knex.Transaction, id: number): Promise<void> {
  await refuseDeletedRouter(trx, id);
  await renewLinks(trx, { connection: id });
}

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
    vlan: z.int().min(1).max(4094).nullable(),
    mac_address: macAddress.nullable(),
    ipv4_address: interfaceAddress(4).nullable(),
    ipv6_address: interfaceAddress(6).nullable(),
    comments: text(10_000),
  },
  defaults: {
    router: null,
    status: 'enabled',
    description: '',
    vlan: null,
    mac_address: null,
    ipv4_address: null,
    ipv6_address: null,
    comments: '',
  },
  after,
};
