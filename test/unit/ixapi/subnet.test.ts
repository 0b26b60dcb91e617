import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { isInSubnet } from '../../../store/ixapi/fields';

/** An address and a subnet near it, canonical. */
const pair = fc
  .tuple(fc.boolean(), fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat(128), fc.nat(128), fc.boolean())
  .map(([is4, bytes, length, flipped, zeroes]) => {
    const size = is4 ? 4 : 16;
    const own = [...bytes.slice(0, size)].map((byte, n) => (zeroes && n > 3 && n < 14 ? 0 : byte));
    const bit = flipped % (size * 8);
    const other = own.map((byte, n) => (n === bit >> 3 ? byte ^ (1 << (7 - (bit & 7))) : byte));
    const text = (some: number[]) => ipaddr.fromByteArray(some).toString();
    return { address: text(own), subnet: `${text(other)}/${length % (size * 8 + 1)}` };
  });

test('an address is in a subnet as a library for addresses says', () => {
  fc.assert(
    fc.property(pair, ({ address, subnet }) => {
      const expected = ipaddr.parse(address).match(ipaddr.parseCIDR(subnet));
      expect([address, subnet, isInSubnet(address, subnet)]).toEqual([address, subnet, expected]);
    }),
    { numRuns: 500 },
  );
});

test('an address of one family is in no subnet of the other', () => {
  expect(isInSubnet('192.0.2.1', '::/0')).toBe(false);
  expect(isInSubnet('2001:db8::1', '0.0.0.0/0')).toBe(false);
  expect(isInSubnet('192.0.2.1', null)).toBeUndefined();
});
