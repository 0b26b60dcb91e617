import type { Knex } from 'knex';
import type { Endpoint } from '../../http/endpoint';
import { recordEndpoints } from '../../http/records';
import { createAgainstOwnRoutes } from './against-own';
import { AUTONOMOUS_SYSTEM_KIND } from './autonomous-systems';
import { createAvailablePeersRoutes } from './available-peers';
import { CONNECTION_KIND } from './connections';
import { createFollowRoutes } from './follow';
import { createImportRoutes } from './import';
import { INTERNET_EXCHANGE_KIND } from './internet-exchanges';
import { IXP_SESSION_KIND } from './ixp-sessions';
import { createNewSessionsRoutes } from './new-sessions';
import { createSharedRoutes } from './shared';

const KINDS = [AUTONOMOUS_SYSTEM_KIND, INTERNET_EXCHANGE_KIND, CONNECTION_KIND, IXP_SESSION_KIND];

/** Own records of peering, and what they and the cache say together. */
export const createPeeringRoutes = (deps: { readonly knex: Knex }): Endpoint[] => [
  ...KINDS.flatMap((kind) => recordEndpoints(deps.knex, kind)),
  ...createSharedRoutes(deps),
  ...createAvailablePeersRoutes(deps),
  ...createAgainstOwnRoutes(deps),
  ...createFollowRoutes(deps),
  ...createImportRoutes(deps),
  ...createNewSessionsRoutes(deps),
];
