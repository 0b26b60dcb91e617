import type { Finding } from './finding';
import { isInProduction, type Subject } from './subjects';

/** What our own records lack, or have too much. */

/** What is in production without a connection of ours. */
export function importFindings({ config, local }: Subject): Finding[] {
  if (local !== undefined || !isInProduction(config)) return [];
  const message = 'the config is in production at the exchange, and no connection here is it';
  return [{ kind: 'not_imported', case: 'not-imported', message, ixapi: { state: config.state } }];
}

const GONE = ['deleted', 'deleted_in_netbox'];

/** What is in production on a router that is out of service. */
export function routerFindings({ config, router }: Subject): Finding[] {
  if (!router || !isInProduction(config)) return [];
  const { name, status, state } = router;
  if (status !== 'disabled' && !GONE.includes(state)) return [];
  const word = GONE.includes(state) ? 'deleted in NetBox' : 'disabled';
  return [
    {
      ...{
        kind: 'router',
        case: 'router-away',
        ixapi: { state: config.state },
        local: { router: name, status, state },
      },
      message: `the config is in production, but the router ${name} of our connection is ${word}`,
    },
  ];
}

/** What the exchange names and does not show. */
export function unresolvedFindings({ config, connection }: Subject): Finding[] {
  const ids = [...config.unresolved, ...(connection?.unresolved ?? [])];
  if (ids.length === 0) return [];
  const message = `the exchange names what it does not show: ${ids.join(', ')}`;
  return [{ kind: 'unresolved', case: 'unresolved', message, ixapi: ids }];
}
