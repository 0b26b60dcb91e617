import type { RecordTable } from '../../records';

/** The table of IX-API objects, and what its constraints mean. */
export const IX_API: RecordTable = {
  table: 'extras_ix_api',
  unique: { extras_ix_api_key: 'there is an IX-API object with this api_url and api_key already' },
  references: {},
  keptBy: {
    peering_internet_exchange_ixapi: 'internet exchanges link to it: give these another ixapi_endpoint, or null, first',
  },
};
