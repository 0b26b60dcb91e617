import { ROUTE_SERVER } from '../documents';
import type { Finding } from './finding';
import { isEnded, isInProduction, type Subject } from './subjects';

/** Route servers, and other features that a config may need. */

/** Whether others think that we peer with the route servers, and whether we do. */
export function routeServerFindings({ config, features, featureConfigs, netixlan }: Subject): Finding[] {
  const servers = features.filter(({ type }) => type === ROUTE_SERVER).map(({ id }) => id);
  const listed = netixlan?.is_rs_peer ?? null;
  if (servers.length === 0 || listed === null || !isInProduction(config)) return [];
  const ixapi = featureConfigs.some((one) => servers.includes(one.network_feature) && isInProduction(one));
  if (ixapi === listed) return [];
  const message = ixapi
    ? 'sessions with route servers are in production at the exchange, but PeeringDB says that there are none'
    : 'PeeringDB says that we peer with the route servers, but no session with them is in production at the exchange';
  return [{ kind: 'is_rs_peer', case: 'rs-peer', message, ixapi, peeringdb: listed }];
}

/** Features that a config has to have, and does not. */
export function requiredFindings({ features, featureConfigs }: Subject): Finding[] {
  const configured = featureConfigs.filter((one) => !isEnded(one)).map(({ network_feature }) => network_feature);
  const missing = features.filter(({ id, required }) => required && !configured.includes(id));
  if (missing.length === 0) return [];
  const names = missing.map(({ id, name }) => name ?? id).join(', ');
  return [
    {
      ...{ kind: 'required_feature', case: 'required-feature' },
      message: `the exchange requires ${names}, which the config does not have: it cannot reach production without`,
      ixapi: missing.map(({ id, type, name }) => ({ id, type, name })),
    },
  ];
}
