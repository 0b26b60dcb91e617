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
  local_context_data: z.unknown(),
  primary_ip4: address.nullish(),
  primary_ip6: address.nullish(),
  custom_fields: z.record(z.string(), z.unknown()).nullish(),
  last_updated: z.string().nullish(),
});

/** An address without its prefix length, written as PostgreSQL writes it. */
function hostOf(given: z.output<typeof address> | null | undefined): string | null {
  const host = given?.address.split('/')[0] ?? '';
  if (!ipaddr.isValid(host)) return null;
  const parsed = ipaddr.parse(host);
  return parsed instanceof ipaddr.IPv6 ? parsed.toRFC5952String() : parsed.toString();
}

/** A device as NetBox 3.5 to 4.7 answers it. Throws when it is none. */
export function parseDevice(json: unknown): NetboxDevice {
  const result = deviceSchema.safeParse(json);
  if (!result.success) throw badAnswer('NetBox answers with a device that has no id or status', result.error);
  const { id, name, display, status, role, device_role, platform, site, tags, ...rest } = result.data;
  return {
    id,
    name: name ?? null,
    display: display ?? name ?? `Device ${id}`,
    role: (role ?? device_role)?.slug ?? null,
    platform: platform?.slug ?? null,
    site: site?.slug ?? null,
    tags: (tags ?? []).map(({ slug }) => slug).sort(),
    status: typeof status === 'string' ? status : status.value,
    local_context_data: rest.local_context_data ?? null,
    primary_ip4: hostOf(rest.primary_ip4),
    primary_ip6: hostOf(rest.primary_ip6),
    custom_fields: rest.custom_fields ?? {},
    last_updated: rest.last_updated ?? null,
  };
}
