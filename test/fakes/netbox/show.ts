import { depthOf, type Database } from './database';
import type { Related } from './objects';
import type { Behaviour } from './versions';

/** Writes an object as the REST API does; addresses begin with `base`, which is empty in webhooks. */
export type Show = (id: number, base: string) => object;

/** The kinds of objects that devices refer to, in the short form that a device shows them in. */
export interface RelatedShows {
  readonly role: Show;
  readonly platform: Show;
  readonly site: Show;
  readonly tag: Show;
  readonly deviceType: Show;
  readonly address: Show;
}

/** NetBox's counts in short forms are of no use (0 in webhooks, whatever there is), so here they are always 0. */
const COUNTS = { device_count: 0, virtualmachine_count: 0 };

/** Makes the writers of short forms; what they wrote is kept until something of it changes. */
export function createRelatedShows(database: Database, behaviour: Behaviour): RelatedShows {
  const { briefDescription, displayUrl } = behaviour;
  const description = briefDescription ? { description: '' } : {};
  const named = (path: string, row: Related, base: string): object => ({
    id: row.id,
    url: `${base}/api/${path}/${row.id}/`,
    display: row.name,
    name: row.name,
    slug: row.slug,
  });
  const keep = keeper(database);
  return {
    role: keep((id, base) => ({
      ...named('dcim/device-roles', database.roles.get(id)!, base),
      ...description,
      ...COUNTS,
      ...(behaviour.roleTree ? { _depth: depthOf(database, id) } : {}),
    })),
    platform: keep((id, base) => ({
      ...named('dcim/platforms', database.platforms.get(id)!, base),
      ...description,
      ...COUNTS,
      ...(behaviour.platformTree ? { _depth: 0 } : {}),
    })),
    site: keep((id, base) => ({ ...named('dcim/sites', database.sites.get(id)!, base), ...description })),
    tag: keep((id, base) => {
      const { name, slug, color } = database.tags.get(id)!;
      const shown = displayUrl ? { display_url: `${base}/extras/tags/${id}/` } : {};
      return { id, url: `${base}/api/extras/tags/${id}/`, ...shown, display: name, name, slug, color };
    }),
    deviceType: keep((id, base) => {
      const { name: model, slug, manufacturer } = database.deviceTypes.get(id)!;
      const url = `${base}/api/dcim/device-types/${id}/`;
      const maker = { ...named('dcim/manufacturers', manufacturer, base), ...description };
      return { id, url, display: model, manufacturer: maker, model, slug, ...description, device_count: 0 };
    }),
    address: (id, base) => showAddress(database.addresses.get(id)!.address, id, base, behaviour),
  };
}

function showAddress(address: string, id: number, base: string, behaviour: Behaviour): object {
  const ipv6 = address.includes(':');
  const family = { value: ipv6 ? 6 : 4, label: ipv6 ? 'IPv6' : 'IPv4' };
  const url = `${base}/api/ipam/ip-addresses/${id}/`;
  if (!behaviour.briefDescription) return { id, url, display: address, family: family.value, address };
  // 4.6 shows these three in a device; from which version on was not looked up.
  const nat = behaviour.cursor ? { nat_inside: null, nat_outside: [], dns_name: '' } : {};
  return { id, url, display: address, family, address, ...nat, description: '' };
}

function keeper(database: Database): (show: Show) => Show {
  const kept = new Map<Show, Map<string, object>>();
  let revision = -1;
  return (show) => (id, base) => {
    if (revision !== database.relatedRevision) kept.clear();
    revision = database.relatedRevision;
    const ofShow = kept.get(show) ?? new Map<string, object>();
    kept.set(show, ofShow);
    const key = `${base} ${id}`;
    const found = ofShow.get(key) ?? show(id, base);
    ofShow.set(key, found);
    return found;
  };
}
