import { createContext } from './generate/context';
import { appendExchanges } from './generate/exchanges';
import { appendLinks } from './generate/links';
import { appendNetworks } from './generate/networks';
import { appendOrganizations } from './generate/organizations';
import { createTopology } from './generate/topology';
import { createRng } from './rng';
import { createStore, type Store } from './store';

/**
 * Makes a PeeringDB of the given scale (1 is the real size in 2026: 276,623 live rows, 88,000 tombstones). The same
 * seed and scale give the same bytes.
 */
export function generate(seed: number, scale: number): Store {
  if (!(scale > 0 && scale <= 10)) throw new RangeError(`scale ${scale}: expected a number above 0 and up to 10`);
  const rng = createRng(seed);
  const store = createStore();
  const context = createContext(rng.fork('contents'), createTopology(rng.fork('topology'), scale), store);
  appendOrganizations(context);
  appendNetworks(context);
  appendExchanges(context);
  appendLinks(context);
  return store;
}
