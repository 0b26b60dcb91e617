import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import type { NetboxDevice } from '../../store/netbox/device';
import { badAnswer } from './errors';

/**
 * The fields of a device that are asked for. `role` was `device_role` up to NetBox 3.5. The config context is left out:
 * it is what makes a listing slow, even if it is not among the fields (measured on 4.6).
 */
export const DEVICE_QUERY = `fields=${[
  ...['id', 'name', 'display', 'role', 'device_role', 'platform', 'site', 'tags', 'status', 'local_context_data'],
  ...['primary_ip4', 'primary_ip6', 'custom_fields', 'last_updated'],
].join(',')}&exclude=config_context`;

const slugged = z.looseObject({ slug: z.string() });
const address = z.looseObject({ address: z.string() });

const deviceSchema = z.looseObject({
  id: z.int().min(1),
  name: z.string().nullish(),
  display: z.string().nullish(),
  role: slugged.nullish(),
  device_role: slugged.nullish(),
  platform: slugged.nullish(),
  site: slugged.nullish(),
  tags: z.array(slugged).nullish(),
  status: z.union([z.looseObject({ value: z.string() }), z.string()]),
  local_context_data: z.unknown().optional(),
  primary_ip4: address.nullish(),
  primary_ip6: address.nullish(),
  custom_fields: z.record(z.string(), z.unknown()).nullish(),
  last_updated: z.iso.datetime({ offset: true }).nullish().catch(null),
});

/** An empty name is none. */
const given = (text: string | null | undefined): string | undefined => (text === '' ? undefined : (text ?? undefined));

type Address = z.output<typeof address> | null | undefined;

const hostOf = (ip: Address): string => ip?.address.split('/')[0] ?? '';

const ip4Of = (ip: Address): string | null =>
  ipaddr.IPv4.isValidFourPartDecimal(hostOf(ip)) ? ipaddr.IPv4.parse(hostOf(ip)).toString() : null;

/** As PostgreSQL writes it: addresses that embed one of IPv4 (`::ffff:192.0.2.1`) with dots. */
function ip6Of(ip: Address): string | null {
  const host = hostOf(ip);
  if (!ipaddr.IPv6.isValid(host) || host.includes('%')) return null;
  const parsed = ipaddr.IPv6.parse(host);
  const text = parsed.toRFC5952String();
  if (!/^::(ffff:)?[\da-f]+:[\da-f]+$/.test(text)) return text;
  return `${parsed.isIPv4MappedAddress() ? '::ffff:' : '::'}${parsed.toByteArray().slice(12).join('.')}`;
}

/** A device as NetBox 3.5 to 4.7 answers it. Throws when it is none. */
export function parseDevice(json: unknown): NetboxDevice {
  const result = deviceSchema.safeParse(json);
  if (!result.success) throw badAnswer('NetBox answers with a device that has no id or status', result.error);
  const { id, name, display, status, role, device_role, platform, site, tags, ...rest } = result.data;
  return {
    id,
    name: given(name) ?? null,
    display: given(display) ?? given(name) ?? `Device ${id}`,
    role: (role ?? device_role)?.slug ?? null,
    platform: platform?.slug ?? null,
    site: site?.slug ?? null,
    tags: (tags ?? []).map(({ slug }) => slug).sort(),
    status: typeof status === 'string' ? status : status.value,
    local_context_data: rest.local_context_data ?? null,
    primary_ip4: ip4Of(rest.primary_ip4),
    primary_ip6: ip6Of(rest.primary_ip6),
    custom_fields: rest.custom_fields ?? {},
    last_updated: rest.last_updated ?? null,
  };
}
