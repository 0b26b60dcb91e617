import type { NetworkServiceConfig } from '../documents';
import type { LocalConnection } from '../exchange';
import { fieldsOf, type ConfigContext } from '../fields';

/** Fields of a connection of ours that an import writes. */
export type ImportValues = Partial<
  Pick<
    LocalConnection,
    | 'status'
    | 'ipv4_address'
    | 'ipv6_address'
    | 'vlan'
    | 'inner_vlan'
    | 'mac_address'
    | 'speed'
    | 'mode'
    | 'ixapi_network_service_config'
    | 'ixapi_connection'
  >
>;

/** What the exchange says of a connection of ours that is a config. Of what it says nothing there is no field. */
export function valuesOf(config: NetworkServiceConfig, context: ConfigContext): ImportValues {
  const { vlan, inner_vlan, ...fields } = fieldsOf(config, context);
  return {
    ...said(fields),
    ...tagsOf(config.vlan_config, { vlan, inner_vlan }),
    ixapi_network_service_config: config.id,
    ...said({ ixapi_connection: config.connection }),
  };
}

function said<T extends object>(fields: T): Partial<T> {
  const left: Partial<T> = {};
  for (const name of Object.keys(fields) as (keyof T)[]) if (fields[name] !== null) left[name] = fields[name];
  return left;
}

type Tags = Pick<LocalConnection, 'vlan' | 'inner_vlan'>;

/**
 * The tags of frames. Where there are fewer than we have, ours are wrong and become null; one that the exchange has not
 * chosen yet says nothing, and an inner one says nothing without the outer one.
 */
function tagsOf(vlan_config: NetworkServiceConfig['vlan_config'], tags: Tags): Partial<Tags> {
  switch (vlan_config?.vlan_type) {
    case undefined:
      return {};
    case 'port':
      return { vlan: null, inner_vlan: null };
    case 'dot1q':
      return { ...said({ vlan: tags.vlan }), inner_vlan: null };
    case 'qinq':
      return tags.vlan === null ? {} : said(tags);
  }
}
