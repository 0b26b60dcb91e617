import { Secret } from '../../../config/secret';
import { decideMode, identityOf, sinceOf } from '../../../activities/peeringdb/plan';
import { waitOf } from '../../../activities/peeringdb/client';

const now = new Date('2026-01-02T12:00:00Z');
const filled = {
  snapshot: 1,
  published: '2026-01-02T11:00:00Z',
  identity: 'anonymous',
  last_full: '2026-01-02T00:00:00Z',
};
const empty = { snapshot: null, published: null, identity: null, last_full: null };

test('an empty cache takes a full synchronisation, whatever was asked for', () => {
  expect(decideMode('incremental', empty, 'anonymous', now)).toBe('full');
  expect(decideMode('scheduled', empty, 'anonymous', now)).toBe('full');
  expect(decideMode('flush', empty, 'anonymous', now)).toBe('flush');
});

test('a scheduled synchronisation is incremental until a day has passed since the last full one', () => {
  expect(decideMode('scheduled', filled, 'anonymous', now)).toBe('incremental');
  expect(decideMode('scheduled', { ...filled, last_full: '2026-01-01T13:00:00Z' }, 'anonymous', now)).toBe(
    'incremental',
  );
  expect(decideMode('scheduled', { ...filled, last_full: '2026-01-01T12:00:05Z' }, 'anonymous', now)).toBe('full');
});

test('a key that was added makes the next scheduled synchronisation a full one, and a removed one does not', () => {
  expect(decideMode('scheduled', filled, 'key:abc', now)).toBe('full');
  expect(decideMode('incremental', filled, 'key:abc', now)).toBe('incremental');
  expect(decideMode('scheduled', { ...filled, identity: 'key:abc' }, 'anonymous', now)).toBe('incremental');
});

test('an identity recognises a key and does not give it away', () => {
  const secretKey = new Secret('0123456789abcdef');
  const identity = identityOf(new Secret('upstream-key'), secretKey);
  expect(identity).toBe(identityOf(new Secret('upstream-key'), secretKey));
  expect(identity).not.toBe(identityOf(new Secret('other-key'), secretKey));
  expect(identity).not.toContain('upstream-key');
  expect(identityOf(undefined, secretKey)).toBe('anonymous');
});

test('what changed is asked for from a minute before the newest row known or listed, whichever is older', () => {
  const midnight = Date.parse('2026-01-01T00:00:00Z') / 1000;
  expect(sinceOf('2026-01-01T00:01:00.9Z', undefined)).toBe(midnight);
  expect(sinceOf('2026-01-01T00:01:00Z', '2026-01-01T00:00:30Z')).toBe(midnight - 30);
  expect(sinceOf('2026-01-01T00:01:00Z', '2026-01-01T07:00:00Z')).toBe(midnight);
  expect(sinceOf(undefined, '2026-01-01T00:01:00Z')).toBe(midnight);
  expect(sinceOf('2026-01-01T00:01:00Z', null)).toBe(midnight);
});

test('where nothing is known of a type, all that ever changed is asked for', () => {
  expect(sinceOf(null, null)).toBe(1);
  expect(sinceOf('1970-01-01T00:00:10Z', undefined)).toBe(1);
});

test.each([
  ['30', '', 30],
  [undefined, 'Request was throttled. Expected available in 59 minutes.', 3540],
  [undefined, 'Expected available in 1 second.', 1],
  [undefined, 'Expected available in 2 hours.', 7200],
  ['soon', 'no word on when', null],
  [undefined, '', null],
])('a 429 with Retry-After %s and the message "%s" asks for %s seconds', (header, message, expected) => {
  expect(waitOf(header, message)).toBe(expected);
});

test('a 429 may name a date to wait for', () => {
  const seconds = waitOf(new Date(Date.now() + 90_000).toUTCString(), '');
  expect(seconds).toBeGreaterThan(80);
  expect(seconds).toBeLessThanOrEqual(90);
});
