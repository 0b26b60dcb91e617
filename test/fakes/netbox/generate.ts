import { createRng, type Rng } from '../peeringdb/rng';
import { createDatabase, type Database } from './database';
import { CUSTOM_FIELDS, type Device, type Related } from './objects';
import type { Micros } from './time';

/** When the generated devices begin to be made: 2026-01-01, in microseconds. */
const EPOCH = Date.UTC(2026, 0, 1) * 1000;

const SITES = ['Paris PA3', 'London LD5', 'Amsterdam AM7', 'Frankfurt FR5', 'Stockholm SK1'];
const CITIES = ['par', 'lon', 'ams', 'fra', 'sto'];
const PLATFORMS = ['Juniper Junos', 'Cisco IOS-XR', 'Arista EOS', 'Nokia SR OS'];
const ROLES: readonly (readonly [name: string, parent: number | null])[] = [
  ['Router', null],
  ['Switch', null],
  ['Server', null],
  ['Core Router', 1],
  ['Edge Router', 1],
  ['Firewall', null],
];
const TYPES = ['Juniper MX204', 'Cisco NCS-5500', 'Arista DCS-7280SR3'];

/** Makes an installation of so many devices; the same seed makes the same one. */
export function generate(seed: number, devices: number): Database {
  const database = createDatabase();
  fill(database.sites, SITES);
  fill(database.platforms, PLATFORMS);
  ROLES.forEach(([name, parent], index) => database.roles.set(index + 1, { ...related(name, index), parent }));
  ['peering', 'core'].forEach((name, index) => {
    database.tags.set(index + 1, { ...related(name, index), color: '9e9e9e' });
  });
  TYPES.forEach((name, index) => {
    const [maker = '', model = ''] = name.split(' ');
    database.deviceTypes.set(index + 1, { ...related(model, index), manufacturer: related(maker, index) });
  });
  appendDevices(database, createRng(seed), devices, (id) => EPOCH + id * 1_000_000);
  return database;
}

/** Adds made-up devices behind those that are there; their ids. */
export function appendDevices(database: Database, rng: Rng, count: number, at: (id: number) => Micros): number[] {
  const ids: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const id = database.nextDeviceId++;
    database.devices.set(id, makeDevice(database, rng, id, at(id)));
    ids.push(id);
  }
  database.revision += 1;
  return ids;
}

function makeDevice(database: Database, rng: Rng, id: number, created: Micros): Device {
  const site = 1 + rng.int(database.sites.size);
  const name = `${rng.pick(['ro', 'sw', 'pe'])}${String(id).padStart(5, '0')}.${CITIES[site - 1] ?? 'xxx'}`;
  const address = rng.chance(0.7) ? database.nextAddressId++ : null;
  if (address !== null) database.addresses.set(address, { id: address, address: `${dotted(address)}/32` });
  return {
    id,
    // NetBox allows devices without a name.
    name: rng.chance(0.02) ? null : name,
    device_type: 1 + rng.int(database.deviceTypes.size),
    role: 1 + rng.int(database.roles.size),
    platform: rng.chance(0.1) ? null : 1 + rng.int(database.platforms.size),
    site,
    status: rng.chance(0.9) ? 'active' : rng.pick(['planned', 'staged', 'offline']),
    serial: '',
    asset_tag: null,
    description: '',
    comments: '',
    primary_ip4: address,
    primary_ip6: null,
    local_context_data: rng.chance(0.3) ? { bgp: { router_id: dotted(id) } } : null,
    tags: rng.chance(0.4) ? [1] : rng.chance(0.2) ? [1, 2] : [],
    custom_fields: { ...CUSTOM_FIELDS, ...(rng.chance(0.3) ? { local_asn: 64_512 + rng.int(1000) } : {}) },
    interface_count: address === null ? 0 : 1,
    created,
    last_updated: created,
  };
}

function fill(table: Map<number, Related>, names: readonly string[]): void {
  names.forEach((name, index) => table.set(index + 1, related(name, index)));
}

function related(name: string, index: number): Related {
  return { id: index + 1, name, slug: name.toLowerCase().replace(/[^a-z0-9]+/g, '-') };
}

function dotted(number: number): string {
  return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
}
