import { composeAddresses } from './compose-addresses';
import { composeFeatureConfig, composeServiceConfig } from './compose-configs';
import { composeConnection } from './compose-connections';
import { composePlaces, composePorts } from './compose-ports';
import { composeFeature, composeService } from './compose-services';
import type { Collection, Shown } from '../documents';
import { looseRows, type Loose } from './loose';
import { createProblems } from './problems';
import type { ListName, RawLists, RowProblem } from './raw';
import { namesOf } from './names';

/** What was made of rows. */
export interface Composed {
  readonly shown: Shown;
  /** The first 200 of them, to be shown. */
  readonly problems: readonly RowProblem[];
  /** Ids of all rows that could not be read, though they are there: what was known of them is not gone. */
  readonly left_out: { readonly [C in Collection]: readonly string[] };
}

/**
 * Makes the documents of what was read, whatever came: rows without what they cannot be without are left out, fields
 * that are not as they should be are null, and either is told in `problems`. It never throws.
 */
export function compose(raw: RawLists): Composed {
  const problems = createProblems();
  const rows = (list: ListName): readonly Loose[] => looseRows(raw, list, problems);
  const offerings = namesOf(rows('product-offerings'), ['display_name', 'name']);
  const networks = namesOf(rows('metro-area-networks'), ['name']);
  const addresses = composeAddresses(rows('ips'), rows('macs'));
  const ports = composePorts(rows('ports'), composePlaces(rows('devices'), rows('pops'), rows('facilities')));
  const services = each(rows('network-services'), (row) => composeService(row, offerings, networks));
  const features = each(rows('network-features'), composeFeature);
  const configs = each(rows('network-service-configs'), (row) => composeServiceConfig(row, addresses));
  const sessions = each(rows('network-feature-configs'), composeFeatureConfig);
  const connections = each(rows('connections'), (row) => composeConnection(row, ports));
  const shown: Shown = {
    network_services: services.made,
    network_features: features.made,
    network_service_configs: configs.made,
    network_feature_configs: sessions.made,
    connections: connections.made,
  };
  const left_out = {
    network_services: services.left,
    network_features: features.left,
    network_service_configs: configs.left,
    network_feature_configs: sessions.left,
    connections: connections.left,
  };
  return { shown, problems: problems.told(), left_out };
}

/** What is made of rows, and the ids of those of which nothing can be made. */
function each<T>(
  rows: readonly Loose[],
  make: (row: Loose) => T | null,
): { readonly made: readonly T[]; readonly left: readonly string[] } {
  const made: T[] = [];
  const left: string[] = [];
  for (const row of rows) {
    const document = make(row);
    if (document === null) left.push(row.id);
    else made.push(document);
  }
  return { made, left };
}
