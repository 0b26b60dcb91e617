import { request } from 'undici';
import fc from 'fast-check';
import { checkAddress, createGuardedAgent, isPublic, type Resolved } from '../../../activities/ixapi/http/guard';
import { AppError } from '../../../activities/shared/failure';
import { startFakeIxapi, type FakeIxapi } from '../../fakes/ixapi/server';

let fake: FakeIxapi;

beforeAll(async () => {
  fake = await startFakeIxapi({ data: { configs: 1 } });
});
afterAll(() => fake.close());
afterEach(() => fake.log.clear());

/** What asking for an address comes to, without IXAPI_ALLOW_PRIVATE unless it is said; names have these addresses. */
async function ask(url: string, found: readonly Resolved[] = [], allowPrivate = false): Promise<unknown> {
  const dispatcher = createGuardedAgent({ allowPrivate, lookup: () => Promise.resolve(found) });
  try {
    const { statusCode, body } = await request(url, { dispatcher });
    await body.dump();
    return statusCode;
  } catch (error) {
    return error;
  } finally {
    await dispatcher.destroy();
  }
}

const at = (...addresses: string[]): Resolved[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

test.each([
  ...['127.0.0.1', '127.255.255.254', '0.0.0.0', '0.1.2.3', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254'],
  ...['100.64.0.1', '198.18.0.1', '198.19.255.255', '192.0.0.1', '192.0.2.1', '198.51.100.1', '203.0.113.1'],
  ...['224.0.0.1', '240.0.0.1', '255.255.255.255', '::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:10.0.0.1'],
  ...['fc00::1', 'fd12::1', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '2001:db8::1', '100::1', '2001::1'],
  ...['2002:7f00:1::1', '2002:808:808::1', '64:ff9b::127.0.0.1', '64:ff9b::a00:1', '64:ff9b:1::808:808', '5f00::1'],
  ...['2001:2::1', '3fff::1', '::ffff:0:127.0.0.1', '4000::1'],
])('%s is no public address', (address) => {
  expect(isPublic(address)).toBe(false);
});

test.each(['8.8.8.8', '193.0.0.1', '2001:7f8::1', '2a00::1', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8'])(
  '%s is a public address',
  (address) => {
    expect(isPublic(address)).toBe(true);
  },
);

test('an IPv4 address is as public in IPv6 as it is by itself', () => {
  const octet = fc.nat({ max: 255 });
  fc.assert(
    fc.property(fc.tuple(octet, octet, octet, octet), (octets) => {
      const address = octets.join('.');
      expect(isPublic(`::ffff:${address}`)).toBe(isPublic(address));
      expect(isPublic(`64:ff9b::${address}`)).toBe(isPublic(address));
    }),
  );
});

/** Spellings of private addresses that browsers and resolvers understand. */
const SPELLINGS = [
  ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '127.0.0.1.', '１２７.0.0.1', '0'],
  ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:7f00:0001]', '[64:ff9b::7f00:1]'],
  ...['localhost', 'LOCALHOST', 'localhost.', 'api.localhost'],
];

test.each(SPELLINGS)('an address at %s is refused before it is asked', (host) => {
  expect(checkAddress(`http://${host}:8080/api/v2`, false)).toMatch(/no public address: .*IXAPI_ALLOW_PRIVATE$/);
  expect(checkAddress(`http://${host}:8080/api/v2`, true)).toBeUndefined();
});

test.each([
  ['ftp://api.example.net/', 'expected an http:// or https:// address'],
  ['file:///etc/passwd', 'expected an http:// or https:// address'],
  ['javascript:alert(1)', 'expected an http:// or https:// address'],
  ['https://user@api.example.net/', 'expected an address without a user name and a password'],
  ['https://:hidden@api.example.net/', 'expected an address without a user name and a password'],
  ['api.example.net', 'expected an address such as https://api.example.net/api/v2'],
  ['https://', 'expected an address such as https://api.example.net/api/v2'],
  ['http://[::1', 'expected an address such as https://api.example.net/api/v2'],
])('%s is refused whatever may be reached', (url, sentence) => {
  expect([checkAddress(url, false), checkAddress(url, true)]).toEqual([sentence, sentence]);
});

test('an address by a name is not refused before the name is looked up', () => {
  expect(checkAddress('https://api.example.net/api/v2', false)).toBeUndefined();
});

test.each(SPELLINGS.filter((host) => !/localhost/i.test(host)))('nothing is connected to at %s', async (host) => {
  const error = await ask(`http://${host}:${fake.port}/api/v2/health`);
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({ code: 'IXAPI_BAD_ADDRESS', retryable: false });
  expect(fake.log.requests()).toEqual([]);
});

test.each([
  [at('127.0.0.1')],
  [at('8.8.8.8', '127.0.0.1')],
  [at('2001:7f8::1', '::ffff:10.0.0.1')],
  [at('fe80::1%lo')],
  [at('no address at all')],
])('a name is refused if one of its addresses is none that may be reached (%j)', async (found) => {
  const error = await ask(`http://api.example.net:${fake.port}/api/v2/health`, found);
  expect(error).toMatchObject({ code: 'IXAPI_BAD_ADDRESS' });
  expect(String(error)).toContain('the setting IXAPI_ALLOW_PRIVATE');
  expect(fake.log.requests()).toEqual([]);
});

test('a name without addresses is one that cannot be found', async () => {
  expect(await ask('http://api.example.net/')).toMatchObject({ code: 'ENOTFOUND' });
});

test('with IXAPI_ALLOW_PRIVATE private addresses are reached, by number and by name', async () => {
  expect(await ask(`${fake.url}/health`, [], true)).toBe(200);
  expect(await ask(`http://api.example.net:${fake.port}/api/v2/health`, at('127.0.0.1'), true)).toBe(200);
});

test('the address that was looked at is the one that is connected to, without a second look-up', async () => {
  const asked: string[] = [];
  const dispatcher = createGuardedAgent({
    allowPrivate: true,
    lookup: (hostname) => {
      asked.push(hostname);
      return Promise.resolve(asked.length === 1 ? at('127.0.0.1') : at('127.0.0.2'));
    },
  });
  const { statusCode, body } = await request(`http://api.example.net:${fake.port}/api/v2/health`, { dispatcher });
  await body.dump();
  await dispatcher.destroy();
  expect([statusCode, asked]).toEqual([200, ['api.example.net']]);
});
