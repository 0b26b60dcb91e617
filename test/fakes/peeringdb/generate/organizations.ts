import { handleref, type Context, type Identity } from './context';
import { domain, phone, prose, socialMedia } from './text';
import type { Row } from '../store';
import type { Rng } from '../rng';

/** Appends organizations, campuses, facilities and carriers. */
export function appendOrganizations(context: Context): void {
  const rng = context.rng.fork('organizations');
  const { places } = context.topology;
  for (const [index, place] of places.org.all.entries()) {
    const identity = context.org[index]!;
    context.append.org(place, {
      id: place.id,
      ...named(rng, identity, 0.15),
      notes: rng.chance(0.02) ? prose(rng, 20 + rng.int(60)) : '',
      logo: null,
      ...address(rng, identity),
      ...handleref(place),
    });
  }
  appendCampuses(context, rng);
  appendFacilities(context, rng);
  for (const [index, place] of places.carrier.all.entries()) {
    context.append.carrier(place, {
      id: place.id,
      ...owned(context, 'carrier', index),
      ...named(rng, context.carrier[index]!, 0.2),
      notes: rng.chance(0.4) ? prose(rng, 20 + rng.int(40)) : '',
      fac_count: context.topology.carrierfac.filter(({ owner }) => owner === index).length,
      logo: null,
      ...handleref(place),
    });
  }
}

/** `org_id` and `org_name` of a row that an organization owns. */
function owned(context: Context, tag: 'campus' | 'fac' | 'carrier', index: number): Row {
  const org = context.owner[tag][index]!;
  return { org_id: context.topology.places.org.all[org]!.id, org_name: context.org[org]!.name };
}

function appendCampuses(context: Context, rng: Rng): void {
  for (const [index, place] of context.topology.places.campus.all.entries()) {
    const org = context.org[context.owner.campus[index]!]!;
    const { status, created, updated } = handleref(place);
    context.append.campus(place, {
      id: place.id,
      ...owned(context, 'campus', index),
      status,
      created,
      updated,
      name: `${org.name} Campus ${place.id}`,
      name_long: '',
      notes: rng.chance(0.3) ? prose(rng, 25) : '',
      aka: '',
      website: org.website,
      social_media: socialMedia(rng, org.website, 0.1),
      country: org.place.country,
      city: org.place.city,
      zipcode: zipcode(rng),
      state: org.place.state,
      logo: null,
    });
  }
}

function appendFacilities(context: Context, rng: Rng): void {
  const { places } = context.topology;
  const { facNet, facIx, facCarrier } = context.counts;
  const campusOf = drawCampuses(context, rng);
  for (const [index, place] of places.fac.all.entries()) {
    const identity = context.fac[index]!;
    context.append.fac(place, {
      id: place.id,
      ...owned(context, 'fac', index),
      campus_id: campusOf.get(index) ?? null,
      ...named(rng, identity, 0.3),
      clli: identity.place.country === 'US' ? `${identity.place.city.slice(0, 4).toUpperCase()}${rng.int(100)}` : '',
      rencode: '',
      npanxx: identity.place.country === 'US' ? `${200 + rng.int(700)}-${200 + rng.int(700)}` : '',
      notes: rng.chance(0.25) ? prose(rng, 30 + rng.int(60)) : '',
      net_count: facNet[index],
      ix_count: facIx[index],
      carrier_count: facCarrier[index],
      ...contacts(rng, index),
      available_voltage_services: rng.chance(0.2) ? ['48 VDC', '480 VAC'].slice(rng.int(2)) : [],
      diverse_serving_substations: rng.chance(0.2) ? rng.chance(0.5) : null,
      property: rng.chance(0.3) ? rng.pick(['Owner', 'Lessee']) : '',
      region_continent: identity.place.region_continent,
      status_dashboard: rng.chance(0.05) ? `https://status.${domain(index)}/` : null,
      logo: null,
      ...handleref(place),
      ...address(rng, identity),
    });
  }
}

/** Live campuses have two facilities or more; a pending one has a single facility. */
function drawCampuses({ topology }: Context, rng: Rng): Map<number, number> {
  const { campus, fac } = topology.places;
  const of = new Map<number, number>();
  let next = 0;
  for (const { id, status } of campus.all) {
    const wanted = status === 'ok' ? 2 + rng.int(3) : status === 'pending' ? 1 : 0;
    for (let i = 0; i < wanted && next < fac.live.length; i += 1) of.set(fac.live[next++]!, id);
  }
  return of;
}

function contacts(rng: Rng, index: number): Row {
  const given = rng.chance(0.6);
  return {
    sales_email: given ? `sales@${domain(index)}` : '',
    sales_phone: given ? phone(rng) : '',
    tech_email: given ? `support@${domain(index)}` : '',
    tech_phone: given ? phone(rng) : '',
  };
}

function named(rng: Rng, { name, website }: Identity, social: number): Row {
  return {
    name,
    aka: rng.chance(0.2) ? name.slice(0, 6).toUpperCase() : '',
    name_long: rng.chance(0.1) ? `${name} International` : '',
    website,
    social_media: socialMedia(rng, website, social),
  };
}

function address(rng: Rng, { place }: Identity): Row {
  const located = rng.chance(0.7);
  return {
    address1: rng.chance(0.85) ? `${1 + rng.int(900)} Straße ${rng.int(90)}` : '',
    address2: rng.chance(0.15) ? `Building ${rng.int(40)}` : '',
    city: place.city,
    country: place.country,
    state: place.state,
    zipcode: zipcode(rng),
    floor: rng.chance(0.05) ? String(rng.int(20)) : '',
    suite: rng.chance(0.05) ? String(100 + rng.int(900)) : '',
    latitude: located ? Math.round((place.latitude + rng.next() / 10) * 1e6) / 1e6 : null,
    longitude: located ? Math.round((place.longitude + rng.next() / 10) * 1e6) / 1e6 : null,
  };
}

function zipcode(rng: Rng): string {
  return String(10_000 + rng.int(89_999));
}
