import type { Endpoint } from '../../http/endpoint';
import { recordEndpoints, type RecordKind } from '../../http/records';
import { createAgainstOwnRoutes } from './against-own';
import { AUTONOMOUS_SYSTEM_KIND } from './autonomous-systems';
import { createAvailablePeersRoutes } from './available-peers';
import { CONNECTION_KIND } from './connections';
import type { PeeringDeps } from './deps';
import { createFollowRoutes } from './follow';
import { createImportRoutes } from './import';
import { internetExchangeKind } from './internet-exchanges';
import { IXP_SESSION_KIND } from './ixp-sessions';
import { createNewSessionsRoutes } from './new-sessions';
import { createSharedRoutes } from './shared';

const kindsOf = (deps: PeeringDeps): RecordKind[] => [
  AUTONOMOUS_SYSTEM_KIND,
  internetExchangeKind(deps),
  CONNECTION_KIND,
  IXP_SESSION_KIND,
];

/** Own records of peering, and what they and the cache say together. */
export const createPeeringRoutes = (deps: PeeringDeps): Endpoint[] => [
  ...kindsOf(deps).flatMap((kind) => recordEndpoints(deps.knex, kind)),
  ...createSharedRoutes(deps),
  ...createAvailablePeersRoutes(deps),
  ...createAgainstOwnRoutes(deps),
  ...createFollowRoutes(deps),
  ...createImportRoutes(deps),
  ...createNewSessionsRoutes(deps),
];
