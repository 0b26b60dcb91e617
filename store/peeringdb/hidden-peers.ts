import type { RecordTable } from '../records';

/** Own records of networks that are not to be shown among an exchange's available peers, for ever or until a time. */
export const HIDDEN_PEER: RecordTable = {
  table: 'peeringdb_hidden_peer',
  unique: {
    peeringdb_hidden_peer_peeringdb_network_peeringdb_ixlan_key: 'this network is hidden at this ixlan already',
  },
  references: {},
};
