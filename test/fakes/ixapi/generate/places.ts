import type { Book } from '../book';

const METROS = [
  { city: 'Frankfurt', country: 'DE', iata_code: 'FRA', un_locode: 'DE FRA', region: 'HE', at: [50.1, 8.6] },
  { city: 'Amsterdam', country: 'NL', iata_code: 'AMS', un_locode: 'NL AMS', region: 'NH', at: [52.3, 4.9] },
] as const;

const SPEEDS = [
  { media_type: '10GBASE-LR', speed: 10_000, max_lag: 16, availability: 24 },
  { media_type: '100GBASE-LR4', speed: 100_000, max_lag: 16, availability: 8 },
];

/** Two metro areas with a network each, two facilities and points of presence each, a switch in each of these. */
export function addPlaces(book: Book): void {
  for (const [n, metro] of METROS.entries()) {
    const area = `MA-${n + 1}`;
    const network = `MAN-${n + 1}`;
    const places = [1, 2].map((k) => addFacility(book, metro, { n: 2 * n + k, area, network }));
    book.put('metro-areas', {
      id: area,
      un_locode: metro.un_locode,
      iata_code: metro.iata_code,
      display_name: metro.city,
      facilities: places.map(({ facility }) => facility),
      metro_area_networks: [network],
    });
    book.put('metro-area-networks', {
      id: network,
      name: `${metro.iata_code}-NET`,
      metro_area: area,
      service_provider: 'Example Exchange',
      pops: places.map(({ pop }) => pop),
    });
    book.put('availability-zones', { id: `AZ-${n + 1}`, name: `${metro.city} zone` });
  }
}

function addFacility(
  book: Book,
  { city, country, region, iata_code, at }: (typeof METROS)[number],
  { n, area, network }: { readonly n: number; readonly area: string; readonly network: string },
): { facility: string; pop: string } {
  const [facility, pop, device] = [`FAC-${n}`, `POP-${n}`, `DEV-${n}`];
  book.put('facilities', {
    id: facility,
    name: `${city} Data Centre ${n}`,
    metro_area: area,
    address_country: country,
    address_locality: city,
    address_region: region,
    postal_code: `${60_300 + n}`,
    street_address: `${n} Example Street`,
    // Every other one is not in PeeringDB.
    peeringdb_facility_id: n % 2 === 1 ? n : null,
    organisation_name: 'Example Data Centres',
    pops: [pop],
    latitude: at[0],
    longitude: at[1],
  });
  book.put('pops', {
    id: pop,
    name: `${iata_code}${n}`,
    facility,
    metro_area_network: network,
    devices: [device],
  });
  book.put('devices', {
    id: device,
    name: `edge${n}.${iata_code.toLowerCase()}.example.net`,
    pop,
    facility,
    capabilities: SPEEDS,
  });
  return { facility, pop };
}
