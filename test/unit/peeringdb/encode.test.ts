import { createEncoder, type EncodedRow, type InvalidRow } from '../../../activities/peeringdb/encode';
import { OBJECTS } from '../../../store/peeringdb/objects';

const encodeNetixlan = createEncoder(OBJECTS.netixlan);
const encodeIxpfx = createEncoder(OBJECTS.ixpfx);
const encodeNet = createEncoder(OBJECTS.net);

const netixlan = {
  id: 7,
  net_id: 1,
  ix_id: 2,
  ixlan_id: 2,
  name: 'Exchange',
  notes: '',
  speed: 100_000,
  asn: 64500,
  ipaddr4: '192.0.2.1',
  ipaddr6: '2001:db8::1',
  is_rs_peer: true,
  bfd_support: false,
  operational: true,
  net_side_id: null,
  ix_side_id: null,
  created: '2020-01-01T00:00:00Z',
  updated: '2024-02-29T23:59:59Z',
  status: 'ok',
};

const reason = (encoded: EncodedRow | InvalidRow): string => ('reason' in encoded ? encoded.reason : 'no reason');

test('a row becomes the fields that COPY takes, in the order of the columns', () => {
  const encoded = encodeNetixlan(netixlan) as EncodedRow;
  expect(encoded).toMatchObject({ id: 7, updated: '2024-02-29T23:59:59Z', status: 'ok' });
  expect(encoded.fields.split('\t')).toEqual([
    ...['7', '1', '2', 'Exchange', '2', '', '100000', '64500', '192.0.2.1', '2001:db8::1', 't', 'f', 't', '\\N', '\\N'],
    ...['2020-01-01T00:00:00Z', '2024-02-29T23:59:59Z', '\\N'],
  ]);
});

test('a field that is not known yet is kept', () => {
  const encoded = encodeNetixlan({ ...netixlan, colour: 'blue', future: { a: [1] } }) as EncodedRow;
  expect(encoded.fields.split('\t').at(-1)).toBe('{"colour":"blue","future":{"a":[1]}}');
});

test('a field that upstream leaves out is null, not an error', () => {
  const { notes, ...rest } = netixlan;
  expect((encodeNetixlan(rest) as EncodedRow).fields.split('\t')[5]).toBe('\\N');
  expect(notes).toBe('');
});

test('text that means something to COPY is escaped', () => {
  const encoded = encodeNetixlan({ ...netixlan, notes: 'a\tb\nc\\N\r' }) as EncodedRow;
  expect(encoded.fields.split('\t')[5]).toBe('a\\tb\\nc\\\\N\\r');
});

test('an enum value that is not known yet goes through', () => {
  const row = {
    id: 1,
    org_id: 1,
    name: 'n',
    asn: 1,
    info_scope: 'Interplanetary',
    status: 'ok',
    created: netixlan.created,
  };
  expect('reason' in encodeNet({ ...row, updated: netixlan.updated })).toBe(false);
});

test.each([
  [{ ipaddr4: '192.0.2.999' }, 'ipaddr4: "192.0.2.999" is not an IPv4 address'],
  [{ ipaddr4: '2001:db8::1' }, 'ipaddr4: "2001:db8::1" is not an IPv4 address'],
  [{ ipaddr6: 'fe80::1%eth0' }, 'ipaddr6: "fe80::1%eth0" is not an IPv6 address'],
  [{ ipaddr6: '' }, 'ipaddr6: "" is not an IPv6 address'],
  [{ name: 'x'.repeat(256) }, 'name: 256 characters, at most 255 are allowed'],
  [{ notes: 'a\0b' }, 'notes: contains U+0000'],
  [{ notes: '\ud800' }, 'notes: contains half a surrogate pair'],
  [{ notes: 5 }, 'notes: expected text, got a number'],
  [{ speed: '100' }, 'speed: expected a whole number from -2147483647 to 2147483647, got a string'],
  [{ speed: 1.5 }, 'speed: expected a whole number from -2147483647 to 2147483647, got 1.5'],
  [{ asn: 4_294_967_296 }, 'asn: expected a whole number from 0 to 4294967295, got 4294967296'],
  [{ asn: null }, 'asn: missing'],
  [{ net_id: undefined }, 'net_id: missing'],
  [{ is_rs_peer: 1 }, 'is_rs_peer: expected true or false, got a number'],
  [
    { updated: '2026-02-30T00:00:00Z' },
    'updated: expected a time like 2026-01-31T12:00:00Z, got "2026-02-30T00:00:00Z"',
  ],
  [{ updated: 'yesterday' }, 'updated: expected a time like 2026-01-31T12:00:00Z, got "yesterday"'],
  [{ created: null }, 'created: missing'],
  [{ future: '\0' }, 'an unknown field contains U+0000 or half a surrogate pair'],
  [{ status: null }, 'status: expected a word'],
])('a row with %j breaks a rule and says which', (broken, expected) => {
  const encoded = encodeNetixlan({ ...netixlan, ...broken });
  expect(reason(encoded)).toBe(expected);
  expect(encoded).toMatchObject({ key: '7', id: 7 });
});

test('text as long as allowed is counted in characters, not in UTF-16 halves', () => {
  expect('reason' in encodeNetixlan({ ...netixlan, name: '😀'.repeat(255) })).toBe(false);
  expect(reason(encodeNetixlan({ ...netixlan, name: '😀'.repeat(256) }))).toBe(
    'name: 256 characters, at most 255 are allowed',
  );
});

test.each([[{ id: null }], [{ id: -1 }], [{ id: 'seven' }], [{ id: 2 ** 31 }]])(
  'a row with %j is known by its hash',
  (broken) => {
    const encoded = encodeNetixlan({ ...netixlan, ...broken });
    expect(encoded).toMatchObject({ id: null, key: expect.stringMatching(/^sha256:[0-9a-f]{32}$/) });
  },
);

test.each([[null], [5], ['text'], [[1]]])('%j in place of a row breaks a rule', (row) => {
  expect(reason(encodeNetixlan(row))).toMatch(/^expected a row, got /);
});

test.each([
  ['192.0.2.0/24', undefined],
  ['2001:db8::/64', undefined],
  ['192.0.2.1/24', 'prefix: "192.0.2.1/24" has host bits set'],
  ['192.0.2.0', 'prefix: "192.0.2.0" is not a prefix'],
  ['192.0.2.0/33', 'prefix: "192.0.2.0/33" is not a prefix'],
])('prefix %s', (prefix, expected) => {
  const { created, updated, status } = netixlan;
  const encoded = encodeIxpfx({ id: 1, ixlan_id: 1, protocol: 'IPv4', prefix, in_dfz: true, created, updated, status });
  expect('reason' in encoded ? encoded.reason : undefined).toBe(expected);
});

test('a tombstone needs no more than an id and a time', () => {
  const encoded = encodeNetixlan({
    id: 7,
    status: 'deleted',
    updated: '2026-01-01T00:00:00Z',
    asn: 'gone',
    ipaddr4: '',
  });
  expect(encoded).toMatchObject({ id: 7, status: 'deleted', updated: '2026-01-01T00:00:00Z' });
});

test('JSON nested without an end is refused before PostgreSQL sees it', () => {
  const nested: unknown = JSON.parse(`${'[0,'.repeat(5000)}0${']'.repeat(5000)}`);
  expect(reason(encodeNet({ ...netixlan, org_id: 1, name: 'n', social_media: nested }))).toBe(
    'social_media: nested deeper than 100',
  );
});
