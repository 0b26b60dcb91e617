import { readStatus } from './compose-status';
import type { Ports } from './compose-ports';
import type { Connection } from '../documents';
import { given, leftOut, readId, readIds, readText, readTexts, type Loose } from './loose';
import { readWhole } from './loose-values';
import { resolve } from './names';

/** A connection with its ports: those that it names, or, where it has no such list, those that name it. */
export function composeConnection(row: Loose, { byId, ofConnection }: Ports): Connection | null {
  const state = readText(row, 'state');
  const mode = readText(row, 'mode');
  if (state === null || mode === null) return leftOut(row, { state, mode });
  const ids = given(row, 'ports') === null ? (ofConnection.get(row.id) ?? []) : readIds(row, 'ports');
  const { found, missing } = resolve(ids, byId);
  return {
    id: row.id,
    state,
    status: readStatus(row),
    managing_account: readId(row, 'managing_account'),
    consuming_account: readId(row, 'consuming_account'),
    name: readText(row, 'name'),
    mode,
    speed: readWhole(row, 'speed'),
    lacp_timeout: readText(row, 'lacp_timeout'),
    vlan_types: readTexts(row, 'vlan_types'),
    outer_vlan_ethertypes: readTexts(row, 'outer_vlan_ethertypes'),
    capacity_allocated: readWhole(row, 'capacity_allocated'),
    ports: found,
    unresolved: missing,
    subscriber_side_demarcs: readTexts(row, 'subscriber_side_demarcs'),
  };
}
