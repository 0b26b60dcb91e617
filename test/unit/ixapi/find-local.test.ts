import fc from 'fast-check';
import type { LocalConnection } from '../../../store/ixapi/exchange';
import type { NetworkServiceConfig } from '../../../store/ixapi/documents';
import { createLocalFinder, type FoundLocal } from '../../../store/ixapi/find-local';
import { ip } from '../../helpers/ixapi-documents';

const host = fc.integer({ min: 1, max: 6 });
const local = (id: number, config: string | null, v4: number | null, v6: number | null): LocalConnection => ({
  ...{
    id,
    internet_exchange_point: 1,
    router: null,
    status: 'enabled',
    vlan: null,
    inner_vlan: null,
    mac_address: null,
  },
  ipv4_address: v4 === null ? null : `192.0.2.${v4}/24`,
  ipv6_address: v6 === null ? null : `2001:db8::${v6}/64`,
  ...{
    speed: null,
    mode: null,
    peeringdb_netixlan: null,
    ixapi_network_service_config: config,
    ixapi_connection: null,
  },
  last_updated: '2026-01-01T00:00:00Z',
});

/** Ids and addresses are each there once at an exchange. */
const locals = fc
  .tuple(
    fc.uniqueArray(fc.option(host), { maxLength: 6, selector: (one) => one ?? Symbol('none') }),
    fc.uniqueArray(fc.option(host), { minLength: 6, maxLength: 6, selector: (one) => one ?? Symbol('none') }),
    fc.uniqueArray(fc.option(host), { minLength: 6, maxLength: 6, selector: (one) => one ?? Symbol('none') }),
  )
  .map(([ids, v4, v6]) => ids.map((id, n) => local(n, id === null ? null : `NSC-${id}`, v4[n] ?? null, v6[n] ?? null)));

const configs = fc.array(fc.tuple(host, fc.array(host, { maxLength: 3 }), fc.array(host, { maxLength: 3 })));

/** The same, by looking through all. */
function lookThrough(
  all: readonly LocalConnection[],
  { id, ips }: Pick<NetworkServiceConfig, 'id' | 'ips'>,
): FoundLocal | undefined {
  const linked = all.find((one) => one.ixapi_network_service_config === id);
  if (linked) return { connection: linked, by: 'id' };
  const addresses = ips.map(({ address }) => address);
  const has = (address: string | null): boolean => addresses.includes(address?.split('/')[0] ?? '');
  const found = all.find(
    (one) => one.ixapi_network_service_config === null && (has(one.ipv4_address) || has(one.ipv6_address)),
  );
  return found && { connection: found, by: 'address' };
}

test('finding connections for many configs finds what is found for each alone', () => {
  fc.assert(
    fc.property(locals, configs, (all, some) => {
      const find = createLocalFinder(all);
      for (const [id, v4, v6] of some) {
        const ips = [...v4.map((n) => ip(`192.0.2.${n}`)), ...v6.map((n) => ip(`2001:db8::${n}`))];
        const config = { id: `NSC-${id}`, ips };
        expect(find(config)).toEqual(lookThrough(all, config));
      }
    }),
  );
});
