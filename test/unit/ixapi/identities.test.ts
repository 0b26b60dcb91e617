import fc from 'fast-check';
import { oursAmong, type Evidence } from '../../../activities/ixapi/probe/identities';
import type { RawRow } from '../../../store/ixapi/reading/raw';

const token = (claims: object): string => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;

const ACCOUNTS: readonly RawRow[] = [
  { id: 'IXP', name: 'Exchange', discoverable: true },
  { id: 'US', name: 'We', discoverable: true, managing_account: 'RESELLER' },
  { id: 'SUB', name: 'Our customer', discoverable: true, managing_account: 'US' },
  { id: 'SUBSUB', name: 'Theirs', managing_account: 'SUB' },
  { id: 'RESELLER', name: 'Above us', discoverable: true },
  { id: 'STRANGER', name: 'Stranger', discoverable: true },
  { id: '5', name: 'Stranger with a number', discoverable: true },
];

function evidence(given: Partial<Evidence>): Evidence {
  return { accounts: ACCOUNTS, own: undefined, token: 'opaque', belongings: () => Promise.resolve([]), ...given };
}

const ours = async (given: Partial<Evidence>): Promise<[string, string][]> =>
  (await oursAmong(evidence(given))).map(({ id, how }) => [id, how]);

const BELOW = [
  ['SUB', 'managed'],
  ['SUBSUB', 'managed'],
];

test('the account that the exchange says is ours, and all below it, are ours', async () => {
  expect(await ours({ own: { id: 'US' } })).toEqual([['US', 'account'], ...BELOW]);
  const [first] = await oursAmong(evidence({ own: { id: 'HIDDEN', name: 'Not in the list' } }));
  expect(first).toEqual({ id: 'HIDDEN', name: 'Not in the list', managing_account: null, how: 'account' });
});

test.each([{ sub: 'US' }, { account: 'US' }, { 'https://example.net/account_id': 'US' }, { customerId: 'US' }])(
  'an account that the token names is ours (%j)',
  async (claims) => {
    expect(await ours({ token: token(claims) })).toEqual([['US', 'token'], ...BELOW]);
  },
);

test.each([
  { sub: '5' },
  { sub: 5 },
  { iss: 'STRANGER' },
  { aud: ['US'] },
  { jti: 'US' },
  { uid: 5 },
  { account: 7 },
  { account: 'NOBODY' },
])('a claim that names no account makes none ours (%j)', async (claims) => {
  expect(await ours({ token: token(claims) })).toEqual([]);
});

test('without a word of the exchange, what strangers do not see and who consumes what we see is ours', async () => {
  const accounts = [...ACCOUNTS, { id: 'SECRET', discoverable: false }];
  const belongings = (): Promise<RawRow[]> =>
    Promise.resolve([{ id: 'CON-1', managing_account: 'RESELLER', consuming_account: 'US' }]);
  expect(await ours({ accounts, belongings })).toEqual([['US', 'consumes'], ['SECRET', 'not_discoverable'], ...BELOW]);
});

test('accounts that go by numbers are told as well', async () => {
  const accounts = [...ACCOUNTS, { id: '6', managing_account: 5 }];
  const told = [
    ['5', 'token'],
    ['6', 'managed'],
  ];
  expect(await ours({ accounts, token: token({ account: 5 }) })).toEqual(told);
  expect(await ours({ accounts, token: token({ account: '5' }) })).toEqual(told);
});

test('where the exchange says whose the key is, nothing else is asked', async () => {
  const belongings = (): Promise<RawRow[]> => Promise.reject(new Error('was asked'));
  expect(await ours({ own: { id: 'US' }, belongings })).toHaveLength(3);
});

test('accounts that manage each other in a circle are each told once', async () => {
  const accounts = [
    { id: 'A', managing_account: 'B' },
    { id: 'B', managing_account: 'A' },
    { id: 'C', managing_account: 'C' },
  ];
  expect(await ours({ accounts, own: { id: 'A' } })).toEqual([
    ['A', 'account'],
    ['B', 'managed'],
  ]);
});

test('whoever strangers may find, and nothing says is ours or below us, is never offered', async () => {
  const id = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F');
  const account = fc.record({ id, discoverable: fc.boolean(), managing_account: fc.option(id) });
  const accounts = fc.uniqueArray(account, { selector: (one) => one.id });
  await fc.assert(
    fc.asyncProperty(accounts, id, async (rows, consuming_account) => {
      const belongings = (): Promise<RawRow[]> => Promise.resolve([{ id: 'CON-1', consuming_account }]);
      const found = new Set((await ours({ accounts: rows, belongings })).map(([one]) => one));
      for (const one of rows) {
        const isBelow = one.managing_account !== null && found.has(one.managing_account);
        expect(found.has(one.id)).toBe(!one.discoverable || one.id === consuming_account || isBelow);
      }
    }),
  );
});
