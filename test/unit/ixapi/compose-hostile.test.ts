import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { compose } from '../../../store/ixapi/reading/compose';
import { COLLECTIONS, type NetworkServiceConfig, type Shown } from '../../../store/ixapi/documents';
import type { RawLists, RawRow } from '../../../store/ixapi/reading/raw';
import { generate } from '../../fakes/ixapi/generate';
import { HOSTILE } from '../../fakes/ixapi/hostile';
import { LISTS } from '../../helpers/ixapi-lists';

const BOOK = generate({ configs: 3, foreign: 0 });

/** Some rows of each list; small, as they are read many times. */
const RAW = Object.fromEntries(LISTS.map((list) => [list, BOOK.rows(list).slice(0, 4)])) as unknown as RawLists;

/** What a document holds, however deep, that cannot be kept: undefined, a text that is too long, or none of PostgreSQL's. */
function unfit(value: unknown): unknown[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(unfit);
  if (typeof value !== 'string') return value === undefined ? [value] : [];
  return value.length > 1024 || /[\0\p{Cs}]/u.test(value) ? [value] : [];
}

const isConfigFit = ({ vlan_config, ips, macs, asns, capacity }: NetworkServiceConfig): boolean =>
  (vlan_config?.vlan_type !== 'dot1q' || vlan_config.vlan === null || vlan_config.vlan % 4095 > 0) &&
  ips.every(
    ({ version, address, prefix_length }) =>
      ipaddr.parseCIDR(`${address}/${prefix_length}`)[0].kind() === `ipv${version}`,
  ) &&
  macs.every(({ address }) => /^[\da-f][02468ace](:[\da-f]{2}){5}$/.test(address)) &&
  asns.every((asn) => asn > 0 && asn < 2 ** 32) &&
  (capacity === null || capacity > 0);

function checkDocuments(shown: Shown): void {
  for (const collection of COLLECTIONS) {
    const ids = shown[collection].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  }
  expect(unfit(shown)).toEqual([]);
  expect(shown.network_service_configs.filter((config) => !isConfigFit(config))).toEqual([]);
}

/** What of an exchange is shown after a hostile change, and what is told of it. */
function poisoned(name: string): ReturnType<typeof compose> {
  const { collection, changes } = HOSTILE[name]!;
  const [first, ...others] = RAW[collection as keyof RawLists];
  return compose({ ...RAW, [collection]: [{ ...first!, ...changes }, ...others] });
}

test('the rows that hostile changes are made to are read without a problem before', () => {
  expect(compose(RAW).problems).toEqual([]);
});

/** Changes that are nothing to tell of: a text is a text, a state or type may be new, and an id may lead nowhere. */
const HARMLESS: readonly string[] = [
  ...['script-in-name', 'zero-byte-in-name', 'lone-surrogate-in-name', 'overlong-name', 'right-to-left-name'],
  ...['subnet-null', 'ixid-text', 'unknown-service-type', 'unknown-config-type', 'unknown-state'],
  ...['vlan-text', 'vlan-missing', 'vlan-config-null', 'asn-text', 'asns-empty', 'ips-null', 'macs-missing'],
  ...['ip-dangling', 'mac-dangling', 'connection-dangling', 'service-dangling', 'id-number', 'status-null'],
  ...['prototype-field', 'validity-reversed', 'mac-dashes', 'mac-dots'],
];

test.each(Object.keys(HOSTILE))('a row changed by %s is read, and what is wrong with it is told', (name) => {
  const { shown, problems } = poisoned(name);
  checkDocuments(shown);
  expect(shown.network_services).toHaveLength(compose(RAW).shown.network_services.length);
  expect(shown.network_service_configs).toHaveLength(compose(RAW).shown.network_service_configs.length);
  expect(problems.map(({ list }) => list).every((list) => list === HOSTILE[name]?.collection)).toBe(true);
  expect(problems.length === 0).toBe(HARMLESS.includes(name));
  expect({}).not.toHaveProperty('polluted');
});

const FIELDS = [...new Set(LISTS.flatMap((list) => RAW[list].flatMap((row) => Object.keys(row))))];
const TRICKY = [
  '',
  '\u0000',
  '\ud800',
  '__proto__',
  '1e3',
  '::/0',
  '0.0.0.0/0',
  '2026-02-30',
  'NS-1',
  'IP-9',
  '/',
  '%',
];
const IDS = fc.constantFrom('NS-1', 'NSC-1', 'IP-9', 'MAC-1', 'CON-1', '__proto__', 'constructor', 'x'.repeat(300), '');
const VALUES = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(...TRICKY, -1, 0, 0.5, 4095, 2 ** 32, 1e21, true, undefined),
  fc.array(IDS, { maxLength: 4 }),
  fc.record({
    vlan_type: fc.constantFrom('dot1q', 'qinq', 'port', 'x'),
    vlan: fc.integer(),
    outer_vlan: fc.jsonValue(),
  }),
  fc.array(fc.record({ severity: fc.jsonValue(), tag: fc.string(), timestamp: fc.constantFrom(...TRICKY) })),
);

/** Rows of any list: whole, with some fields changed, or made of nothing but what comes. */
const rowsOf = (list: keyof RawLists): fc.Arbitrary<RawRow[]> => {
  const whole = fc.constantFrom<RawRow>(...RAW[list]);
  const changes = fc.dictionary(fc.constantFrom(...FIELDS), VALUES, { maxKeys: 4 });
  const changed = fc.tuple(whole, changes).map(([row, other]) => ({ ...row, ...other }));
  const anything = fc.tuple(IDS, fc.dictionary(fc.string(), fc.jsonValue())).map(([id, row]) => ({ ...row, id }));
  return fc.array(fc.oneof(changed, anything), { maxLength: 4 });
};

test('whatever rows come, they are read without an error, and documents hold only what can be kept', () => {
  const lists = fc.record(Object.fromEntries(LISTS.map((list) => [list, rowsOf(list)])));
  fc.assert(
    fc.property(lists, (raw) => {
      const { shown, problems, left_out } = compose(raw as unknown as RawLists);
      checkDocuments(shown);
      expect(problems.length).toBeLessThanOrEqual(200);
      expect(unfit(problems)).toEqual([]);
      for (const collection of COLLECTIONS) {
        const known = new Set(shown[collection].map(({ id }) => id));
        expect(left_out[collection].filter((id) => known.has(id))).toEqual([]);
      }
    }),
    { numRuns: 60 },
  );
});
