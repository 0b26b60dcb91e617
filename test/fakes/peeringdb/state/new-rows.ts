import { OBJECTS, type ObjectTag } from '../../../../store/peeringdb/objects';
import type { Rng } from '../rng';
import { rowOf, textOf, type Row, type Store } from '../store';
import { createAddressBook } from './address-book';
import { drawLive, find } from './tables';

/** Returns a function that makes up the contents of a new row, modelled on a live one, with parents that live. */
export function createRowMaker(
  store: Store,
  isBroken: (tag: ObjectTag, id: number) => boolean,
): (tag: ObjectTag, id: number, fields: Row, rng: Rng) => Row {
  const addresses = createAddressBook(store);
  let highestAsn = 0;
  const nextAsn = (): number => {
    if (highestAsn === 0)
      for (const entry of store.net.entries) highestAsn = Math.max(highestAsn, asnIn(textOf(entry)));
    highestAsn += 1;
    return highestAsn;
  };
  const own = (tag: ObjectTag, row: Row, given: Row): Row => {
    const { id } = row;
    if (tag === 'net') return { name: `New Network ${id as number}`, asn: given.asn ?? nextAsn(), irr_as_set: '' };
    if (tag === 'ix') return { name: `New IX ${id as number}` };
    if (tag === 'ixpfx') return { protocol: 'IPv4', prefix: newPrefix(id as number), in_dfz: false };
    if (tag === 'netixlan') return port(store, row, addresses.free(row.ixlan_id as number));
    if (tag === 'netfac') return { local_asn: rowOf(find(store, 'net', row.net_id as number)).asn };
    return 'name' in row && ['org', 'fac', 'carrier', 'campus'].includes(tag)
      ? { name: `New ${tag} ${id as number}` }
      : {};
  };
  const model = (tag: ObjectTag, rng: Rng): Row => {
    let entry = drawLive(store, tag, rng);
    for (let tries = 0; isBroken(tag, entry.id) && tries < 100; tries += 1) entry = drawLive(store, tag, rng);
    return rowOf(entry);
  };
  return (tag, id, fields, rng) => {
    const row: Row = { ...model(tag, rng), id, ...drawParents(store, tag, rng), ...fields };
    return { ...row, ...own(tag, row, fields), ...fields };
  };
}

/** Parents by chance; a network or an exchange is at a facility only once. */
function drawParents(store: Store, tag: ObjectTag, rng: Rng): Row {
  const { parents } = OBJECTS[tag];
  for (let tries = 0; ; tries += 1) {
    const [first, second] = parents.map((parent) => drawLive(store, parent.tag, rng).id);
    const taken =
      second !== undefined &&
      tag !== 'netixlan' &&
      store[tag].entries.some(({ parent1, parent2 }) => parent1 === first && parent2 === second);
    if (taken && tries < 100) continue;
    return Object.fromEntries(parents.map(({ column }, position) => [column, position === 0 ? first : second]));
  }
}

function port(store: Store, { net_id, ixlan_id }: Row, addresses: Row): Row {
  const { asn } = rowOf(find(store, 'net', net_id as number));
  return { asn, ix_id: ixlan_id, name: rowOf(find(store, 'ix', ixlan_id as number)).name, ...addresses };
}

function newPrefix(id: number): string {
  return `23.${Math.floor(id / 256) % 256}.${id % 256}.0/24`;
}

function asnIn(text: string): number {
  return Number(/"asn": (\d+)/.exec(text)?.[1] ?? 0);
}
