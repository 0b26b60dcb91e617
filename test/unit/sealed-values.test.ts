import { inspect } from 'node:util';
import fc from 'fast-check';
import { Secret } from '../../config/secret';
import { createVault, SealedError } from '../../store/secrets';

const KEY = 'the key that seals the values';
const VALUE = 'a pair of tokens, say';

const vault = createVault(new Secret(KEY));

test('a value that was sealed for a purpose is told again, also by a later vault of the same key', () => {
  const later = createVault(new Secret(KEY));
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (value, purpose) => {
      expect(later.unseal(purpose, vault.seal(purpose, value)).reveal()).toBe(value);
    }),
  );
});

function refusal(opening: () => unknown): string {
  try {
    opening();
  } catch (error) {
    expect(error).toBeInstanceOf(SealedError);
    return inspect(error, { depth: 9, showHidden: true });
  }
  throw new Error('it opened');
}

test('a sealed value opens for no other purpose and under no other key, and the error does not show it', () => {
  const sealed = vault.seal('ixapi_token 5', VALUE);
  const other = createVault(new Secret('quite another key than that'));
  for (const text of [
    refusal(() => vault.unseal('ixapi_token 6', sealed)),
    refusal(() => vault.unseal('ixapi_token 5', sealed.subarray(0, -1))),
    refusal(() => vault.unseal('ixapi_token 5', Buffer.alloc(0))),
    refusal(() => other.unseal('ixapi_token 5', sealed)),
  ]) {
    expect(text).toContain('does not open: SECRET_KEY is not the one that sealed it');
    expect(text).not.toContain(VALUE);
    expect(text).not.toContain(KEY);
  }
});

test('nothing of a sealed value is in its bytes, and no two of them are alike', () => {
  const [one, two] = [vault.seal('ixapi_token 5', VALUE), vault.seal('ixapi_token 5', VALUE)];
  expect(one.equals(two)).toBe(false);
  expect(one.includes(VALUE.slice(0, 4))).toBe(false);
});
