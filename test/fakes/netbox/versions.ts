/** The versions of NetBox that the fake can be. */
export type NetboxVersion = '3.5' | '3.7' | '4.0' | '4.1' | '4.3' | '4.5' | '4.6' | '4.7';

/** What differs from version to version, read from the tags of github.com/netbox-community/netbox. */
export interface Behaviour {
  /** As `API-Version` says it. */
  readonly version: NetboxVersion;
  /** As `netbox-version` says it. */
  readonly release: string;
  readonly roleKeys: readonly ('role' | 'device_role')[];
  readonly displayUrl: boolean;
  /** Latitude, longitude, out-of-band address and counters of components. */
  readonly counters: boolean;
  readonly owner: boolean;
  readonly roleTree: boolean;
  readonly platformTree: boolean;
  /** `description` in the short form of what a device refers to. */
  readonly briefDescription: boolean;
  readonly cooling: boolean;
  /** MAC addresses are objects, of which an interface has one or more; came with 4.2. */
  readonly macObjects: boolean;
  /** 4.7 renders it beforehand: `exclude` has no effect, and webhooks carry it. */
  readonly alwaysConfigContext: boolean;
  readonly fieldsParameter: boolean;
  readonly omitParameter: boolean;
  readonly cursor: boolean;
  readonly tokenVersions: boolean;
  readonly authenticationCheck: boolean;
  readonly changesPath: string;
  /** The change log shows `{}` for no data, and neither `created` nor `last_updated`. */
  readonly cleanChanges: boolean;
  readonly changeMessage: boolean;
  /** A save that changes nothing leaves a row in the change log. */
  readonly logsEmptyChanges: boolean;
  readonly webhook: {
    readonly typeKey: 'model' | 'object_type';
    readonly user: boolean;
    readonly request: boolean;
    /** `2026-11-21 04:13:47+00:00` in place of ISO 8601. */
    readonly spacedTimestamp: boolean;
  };
}

const RELEASES: Record<NetboxVersion, string> = {
  '3.5': '3.5.9',
  '3.7': '3.7.8',
  '4.0': '4.0.11',
  '4.1': '4.1.11',
  '4.3': '4.3.7',
  '4.5': '4.5.2',
  '4.6': '4.6.8',
  '4.7': '4.7.0',
};

/** Says how a version of NetBox behaves; throws for one that the fake does not know. */
export function behaviourOf(version: NetboxVersion): Behaviour {
  if (!(version in RELEASES))
    throw new Error(`the fake cannot be NetBox ${version as string}: ${Object.keys(RELEASES).join(', ')}`);
  const from = (first: NetboxVersion): boolean => Number(version) >= Number(first);
  return {
    version,
    release: RELEASES[version],
    roleKeys: from('4.0') ? ['role'] : from('3.7') ? ['role', 'device_role'] : ['device_role'],
    displayUrl: from('4.1'),
    counters: from('3.7'),
    owner: from('4.5'),
    roleTree: from('4.3'),
    platformTree: from('4.5'),
    briefDescription: from('4.0'),
    cooling: from('4.7'),
    macObjects: from('4.3'),
    alwaysConfigContext: from('4.7'),
    fieldsParameter: from('4.0'),
    omitParameter: from('4.5'),
    cursor: from('4.6'),
    tokenVersions: from('4.5'),
    authenticationCheck: from('4.5'),
    changesPath: from('4.1') ? '/api/core/object-changes/' : '/api/extras/object-changes/',
    cleanChanges: from('4.0'),
    changeMessage: from('4.5'),
    logsEmptyChanges: !from('3.7'),
    webhook: {
      typeKey: from('4.5') ? 'object_type' : 'model',
      user: !from('4.7'),
      request: from('4.6'),
      spacedTimestamp: !from('3.7'),
    },
  };
}
