import { z } from 'zod';
import { IXP_SESSIONS, SESSION_STATES } from '../../../store/peering/lists';
import { IXP_SESSION } from '../../../store/peering/tables';
import type { RecordKind } from '../../http/records';
import { choice, ipAddress, reference, text } from '../../http/schemas';

/** Internet exchange peering sessions: a peer's address on one of our connections. */
export const IXP_SESSION_KIND: RecordKind = {
  path: '/api/peering/internet-exchange-peering-sessions/',
  label: 'internet exchange peering session',
  schemaId: 'InternetExchangePeeringSession',
  tags: ['peering'],
  source: IXP_SESSIONS,
  table: IXP_SESSION,
  fields: {
    autonomous_system: reference,
    ixp_connection: reference,
    ip_address: ipAddress,
    is_route_server: z.boolean(),
    status: choice(SESSION_STATES),
    description: text(200),
    comments: text(10_000),
  },
  defaults: { is_route_server: false, status: 'enabled', description: '', comments: '' },
};
