import { COLLECTIONS, type IxapiVersion } from './model';
import { isListed } from './lists';

type Fields = Readonly<Record<string, unknown>>;

/** What the exchange says about itself. */
export interface FakeIxapiAbout {
  /** Changes what `/health` says; a field that is undefined or null is left out. */
  readonly setHealth: (changes: Fields) => void;
  /** The same of `/implementation`. */
  readonly setImplementation: (changes: Fields) => void;
}

export interface About {
  readonly health: () => Fields;
  readonly implementation: () => Fields;
  readonly about: FakeIxapiAbout;
}

const TYPES = ['exchange_lan', 'p2p_vc', 'p2mp_vc', 'mp2mp_vc', 'cloud_vc'];

const WRITES = [
  'auth_token_create',
  'auth_token_refresh',
  'macs_create',
  'macs_destroy',
  'network_service_configs_partial_update',
  'network_service_configs_destroy',
  'network_service_config_cancellation_policy_read',
];

/** Both are read without a token: 2.1.0 has no 401 for them. */
export function createAbout(version: IxapiVersion, paged: boolean): About {
  const features = version === '2.7.1' ? ['route_server', 'blackholing'] : ['route_server'];
  const reads = COLLECTIONS.filter((name) => isListed(version, name)).flatMap((name) =>
    ['list', 'read'].map((verb) => `${name.replaceAll('-', '_')}_${verb}`),
  );
  // draft-inadarei-api-health-check-04; what exchanges write into `version` differs, and it is optional.
  let health: Fields = {
    status: 'pass',
    version: version === '2.7.1' ? version : '2',
    releaseId: version,
    serviceId: 'fake-ix-api',
    description: 'an IX-API for tests',
  };
  let implementation: Fields = {
    schema_version: version,
    service_version: '1.0.0',
    supported_network_service_types: TYPES,
    supported_network_service_config_types: TYPES,
    supported_network_feature_types: features,
    supported_network_feature_config_types: features,
    supported_operations: [...WRITES, ...reads],
    // The form of this in 2.7.1 is unverified.
    ...(version === '2.7.1' ? { supported_features: { pagination: paged } } : {}),
  };
  return {
    health: () => health,
    implementation: () => implementation,
    about: {
      setHealth: (changes) => void (health = change(health, changes)),
      setImplementation: (changes) => void (implementation = change(implementation, changes)),
    },
  };
}

const change = (fields: Fields, changes: Fields): Fields =>
  Object.fromEntries(
    Object.entries({ ...fields, ...changes }).filter(([, value]) => value !== undefined && value !== null),
  );
