import fc from 'fast-check';
import { claimsOf, usedUntil } from '../../../activities/ixapi/sign-in/jwt';

const NOW = new Date('2026-06-01T00:00:00Z');
const SECONDS = NOW.getTime() / 1000;

const token = (claims: unknown): string => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;

/** For how many seconds a token with these claims is used; null: until it is refused. */
function usedFor(claims: unknown): number | null {
  const until = usedUntil(token(claims), NOW);
  return until === null ? null : (Date.parse(until) - NOW.getTime()) / 1000;
}

test.each([
  [{ exp: SECONDS + 900, iat: SECONDS }, 870],
  [{ exp: SECONDS + 900 }, 870],
  [{ exp: SECONDS + 60, iat: SECONDS }, 54],
  [{ exp: SECONDS + 300, iat: SECONDS }, 270],
  // Their clock is a day late, or early: only the lifetime counts.
  [{ exp: SECONDS - 86_400 + 900, iat: SECONDS - 86_400 }, 870],
  [{ exp: SECONDS + 86_400 + 900, iat: SECONDS + 86_400 }, 870],
])('a token with the claims %j is used for %i seconds', (claims, seconds) => {
  expect(usedFor(claims)).toBe(seconds);
});

test.each([{}, { exp: 'soon' }, { exp: SECONDS - 1 }, { exp: 5, iat: 6 }, null, 7, 'text', []])(
  'a token that does not say how long it lives is used until it is refused (%j)',
  (claims) => {
    expect(usedFor(claims)).toBeNull();
  },
);

test.each(['', 'opaque', 'a.b.c', 'a.!!.c', '....'])('an opaque token (%j) has no claims', (opaque) => {
  expect([claimsOf(opaque), usedUntil(opaque, NOW)]).toEqual([{}, null]);
});

test('no claims lead to a time that is not between now and a year from now', () => {
  fc.assert(
    fc.property(fc.double(), fc.option(fc.double()), (exp, iat) => {
      const seconds = usedFor(iat === null ? { exp } : { exp, iat });
      if (seconds === null) return;
      expect(seconds).toBeGreaterThanOrEqual(0);
      expect(seconds).toBeLessThan(365 * 86_400);
    }),
  );
});
