import { readStatus } from './compose-status';
import type { NetworkFeature, NetworkService } from '../documents';
import {
  cleaned,
  leftOut,
  readField,
  readFlag,
  readId,
  readIds,
  readList,
  readText,
  readTexts,
  type Loose,
} from './loose';
import { readAddress, readAsn, readSubnet, readWhole } from './loose-values';
import { named, readName, type Names } from './names';

/** A network service of any type. Circuits have their names in `display_name` since 2.7.1. */
export function composeService(row: Loose, offerings: Names, networks: Names): NetworkService | null {
  const type = readText(row, 'type');
  const state = readText(row, 'state');
  if (type === null || state === null) return leftOut(row, { type, state });
  return {
    id: row.id,
    type,
    state,
    status: readStatus(row),
    managing_account: readId(row, 'managing_account'),
    consuming_account: readId(row, 'consuming_account'),
    name: readName(row, ['name', 'display_name']),
    product_offering: named(readId(row, 'product_offering'), offerings),
    metro_area_network: named(readId(row, 'metro_area_network'), networks),
    subnet_v4: readSubnet(row, 'subnet_v4', 4),
    subnet_v6: readSubnet(row, 'subnet_v6', 6),
    peeringdb_ixid: readWhole(row, 'peeringdb_ixid', 1),
    ixfdb_ixid: readWhole(row, 'ixfdb_ixid', 1),
    network_features: readIds(row, 'network_features'),
  };
}

/** A feature of a service; only route servers have more than a name. */
export function composeFeature(row: Loose): NetworkFeature | null {
  const type = readText(row, 'type');
  const network_service = readId(row, 'network_service');
  if (type === null || network_service === null) return leftOut(row, { type, network_service });
  return {
    id: row.id,
    type,
    network_service,
    name: readText(row, 'name'),
    required: readFlag(row, 'required') ?? false,
    asn: readAsn(row, 'asn'),
    fqdn: readText(row, 'fqdn'),
    ip_v4: readAddress(row, 'ip_v4', 4),
    ip_v6: readAddress(row, 'ip_v6', 6),
    address_families: readTexts(row, 'address_families'),
    session_mode: readText(row, 'session_mode'),
    available_bgp_session_types: readTexts(row, 'available_bgp_session_types'),
    looking_glass_url: readField(row, 'looking_glass_url', 'an address of http or https', toWebAddress),
    flags: readList(row, 'flags', 'a flag with a name', toFlag),
  };
}

/** Whoever shows it makes a link of it. */
const toWebAddress = (value: unknown): string | undefined =>
  typeof value === 'string' && /^https?:\/\/[^\s\p{C}]{1,1000}$/iu.test(value) ? value : undefined;

/** Flags are objects; their names tell them. */
function toFlag(value: unknown): string | undefined {
  const name = typeof value === 'object' && value !== null ? (value as { readonly name?: unknown }).name : value;
  return typeof name === 'string' && name !== '' ? cleaned(name) : undefined;
}
