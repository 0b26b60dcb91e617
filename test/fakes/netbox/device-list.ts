import type { Database } from './database';
import type { ActiveFaults } from './faults';
import type { Listed } from './lists';
import type { Device } from './objects';
import type { SelectDevices } from './select-devices';
import type { DeviceShows } from './show-device';
import type { Behaviour } from './versions';

/** The devices that the caller may see. */
export interface DeviceList extends Listed<Device> {
  readonly find: (id: number) => Device | undefined;
}

/** Makes the list of devices for one request. */
export function createDeviceList(
  database: Database,
  shows: DeviceShows,
  behaviour: Behaviour,
  select: SelectDevices,
  { hide }: ActiveFaults,
): DeviceList {
  const seen = (device: Device): boolean => hide?.ids?.includes(device.id) !== true && hide?.where?.(device) !== true;
  return {
    select: (params, cursor) => {
      const found = select(params, cursor);
      return hide === undefined ? found : found.filter(seen);
    },
    find: (id) => {
      const device = database.devices.get(id);
      return device !== undefined && seen(device) ? device : undefined;
    },
    writer: (base, params) => shows.writer(base, namesFor(shows, behaviour, params)),
  };
}

/** The fields that a request asks for: `fields` before `omit` before `brief`. */
function namesFor(shows: DeviceShows, behaviour: Behaviour, params: URLSearchParams): readonly string[] {
  const all = shows.names(!params.getAll('exclude').includes('config_context'));
  const fields = behaviour.fieldsParameter ? params.get('fields') : null;
  if (fields) return all.filter((name) => fields.split(',').includes(name));
  const omit = behaviour.omitParameter ? params.get('omit') : null;
  if (omit) return all.filter((name) => !omit.split(',').includes(name));
  return params.get('brief') ? shows.briefNames : all;
}
