import { composeAddresses } from './compose-addresses';
import { composeFeatureConfig, composeServiceConfig } from './compose-configs';
import { composeConnection } from './compose-connections';
import { composePlaces, composePorts } from './compose-ports';
import { composeFeature, composeService } from './compose-services';
import type { Shown } from './documents';
import { looseRows, type Loose } from './loose';
import { createProblems } from './problems';
import type { ListName, RawLists, RowProblem } from './raw';
import { namesOf } from './references';

/**
 * Makes the documents of what was read, whatever came: rows without what they cannot be without are left out, fields
 * that are not as they should be are null, and either is told in `problems` (at most 200). It never throws.
 */
export function compose(raw: RawLists): { readonly shown: Shown; readonly problems: readonly RowProblem[] } {
  const problems = createProblems();
  const rows = (list: ListName): readonly Loose[] => looseRows(raw, list, problems);
  const each = <T>(list: ListName, make: (row: Loose) => T | null): T[] => rows(list).flatMap((row) => make(row) ?? []);
  const offerings = namesOf(rows('product-offerings'), ['display_name', 'name']);
  const networks = namesOf(rows('metro-area-networks'), ['name']);
  const addresses = composeAddresses(rows('ips'), rows('macs'));
  const ports = composePorts(rows('ports'), composePlaces(rows('devices'), rows('pops'), rows('facilities')));
  const shown: Shown = {
    network_services: each('network-services', (row) => composeService(row, offerings, networks)),
    network_features: each('network-features', composeFeature),
    network_service_configs: each('network-service-configs', (row) => composeServiceConfig(row, addresses)),
    network_feature_configs: each('network-feature-configs', composeFeatureConfig),
    connections: each('connections', (row) => composeConnection(row, ports)),
  };
  return { shown, problems: problems.told() };
}
