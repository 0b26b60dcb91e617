import { ipv4 } from '../generate/addresses';
import { rowOf, textOf, type Store } from '../store';

/** Finds addresses of an exchange LAN that no row, live or deleted, has. */
export interface AddressBook {
  free(ixlan_id: number): { ipaddr4: string | null; ipaddr6: string | null };
}

/** Reads the addresses in use only when the first new one is asked for. */
export function createAddressBook(store: Store): AddressBook {
  let used: Set<string> | undefined;
  let next = 1;
  return {
    free: (ixlan_id) => {
      used ??= readAddresses(store);
      const lans = store.ixpfx.entries.filter(({ parent1, status }) => parent1 === ixlan_id && status === 'ok');
      const prefixes = lans.map((entry) => String(rowOf(entry).prefix));
      const lan4 = prefixes.find((prefix) => /^[\d.]+\/\d+$/.test(prefix));
      const lan6 = prefixes.find((prefix) => prefix.endsWith('::/64'));
      next += 1;
      const ipaddr4 = lan4 === undefined ? null : freeIn(lan4, used);
      if (ipaddr4 !== null) used.add(ipaddr4);
      const groups = [Math.floor(next / 65_535) + 1, (next % 65_535) + 1].map((group) => group.toString(16)).join(':');
      return { ipaddr4, ipaddr6: lan6 === undefined ? null : lan6.replace('::/64', `::fff0:${groups}`) };
    },
  };
}

function readAddresses(store: Store): Set<string> {
  const used = new Set<string>();
  for (const entry of store.netixlan.entries) {
    const address = /"ipaddr4": "([^"]+)"/.exec(textOf(entry))?.[1];
    if (address !== undefined) used.add(address);
  }
  return used;
}

function freeIn(prefix: string, used: ReadonlySet<string>): string | null {
  const [network = '', length = '32'] = prefix.split('/');
  const first = network.split('.').reduce((number, part) => number * 256 + Number(part), 0);
  for (let host = 1; host < 2 ** (32 - Number(length)) - 1; host += 1)
    if (!used.has(ipv4(first + host))) return ipv4(first + host);
  return null;
}
