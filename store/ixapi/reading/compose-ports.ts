import { readStatus } from './compose-status';
import type { Port } from '../documents';
import { leftOut, readId, readText, type Loose } from './loose';
import { readWhole } from './loose-values';
import { named, namesOf, type Names } from './names';

type Facility = NonNullable<Port['facility']>;

/** Where ports are. */
export interface Places {
  readonly devices: Names;
  readonly pops: Names;
  /** The facility of a device, or of a point of presence. */
  readonly facilityOf: (device: string | null, pop: string | null) => Facility | null;
}

/** Devices, points of presence and facilities by their ids. */
export function composePlaces(devices: readonly Loose[], pops: readonly Loose[], facilities: readonly Loose[]): Places {
  const known = new Map(facilities.map((row) => [row.id, toFacility(row)]));
  const ofDevices = new Map(devices.map((row) => [row.id, readId(row, 'facility')]));
  const ofPops = new Map(pops.map((row) => [row.id, readId(row, 'facility')]));
  return {
    devices: namesOf(devices, ['name']),
    pops: namesOf(pops, ['name']),
    facilityOf: (device, pop) => {
      const id = ofDevices.get(device ?? '') ?? ofPops.get(pop ?? '') ?? null;
      return id === null ? null : (known.get(id) ?? { id, name: null, peeringdb_facility_id: null });
    },
  };
}

const toFacility = (row: Loose): Facility => ({
  id: row.id,
  name: readText(row, 'name'),
  peeringdb_facility_id: readWhole(row, 'peeringdb_facility_id', 1),
});

/** Ports by their ids, and the ids of those that name a connection. */
export interface Ports {
  readonly byId: ReadonlyMap<string, Port>;
  readonly ofConnection: ReadonlyMap<string, readonly string[]>;
}

export function composePorts(rows: readonly Loose[], places: Places): Ports {
  const byId = new Map<string, Port>();
  const ofConnection = new Map<string, string[]>();
  for (const row of rows) {
    const port = toPort(row, places);
    if (port !== null) byId.set(row.id, port);
    const connection = readId(row, 'connection');
    if (connection === null) continue;
    const ports = ofConnection.get(connection);
    if (ports === undefined) ofConnection.set(connection, [row.id]);
    else ports.push(row.id);
  }
  return { byId, ofConnection };
}

function toPort(row: Loose, { devices, pops, facilityOf }: Places): Port | null {
  const state = readText(row, 'state');
  if (state === null) return leftOut(row, { state });
  const device = readId(row, 'device');
  const pop = readId(row, 'pop');
  return {
    id: row.id,
    name: readText(row, 'name'),
    state,
    status: readStatus(row),
    speed: readWhole(row, 'speed'),
    media_type: readText(row, 'media_type'),
    operational_state: readText(row, 'operational_state'),
    device: named(device, devices),
    pop: named(pop, pops),
    facility: facilityOf(device, pop),
  };
}
