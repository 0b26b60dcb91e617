import { isSpoken, notSpoken, versionOf } from '../../../activities/ixapi/version';

test.each([
  [{ schema_version: '2.7.1' }, { version: '2', releaseId: '1.0.0' }, '2.7.1'],
  [{ schema_version: 'v2.1.0-rc1' }, undefined, '2.1.0'],
  [{}, { version: '2', releaseId: '2.1.0' }, '2.1.0'],
  [{}, { version: '2', releaseId: '1.4.0' }, '2'],
  [undefined, { version: '2.4.2' }, '2.4.2'],
  [null, { releaseId: '2.4.2' }, '2.4.2'],
  [null, { releaseId: '1.4.0' }, undefined],
  [{ schema_version: 2 }, { version: 2 }, undefined],
  [{ schema_version: 'latest' }, { status: 'pass' }, undefined],
  [undefined, { version: '1' }, '1'],
  [null, null, undefined],
])('of %j and %j the version is %s', (implementation, health, version) => {
  expect(versionOf(implementation, health)).toBe(version);
});

test('version 2 is spoken, and one that is not told; no other', () => {
  expect(['2', '2.1.0', '2.7.1', '2.10.0', 'unknown'].filter((version) => !isSpoken(version))).toEqual([]);
  expect(['1', '1.0', '3.0.0', '20.1', '0.9'].filter(isSpoken)).toEqual([]);
});

test('version 1 is refused with its end, any other with what is expected', () => {
  expect(notSpoken('1.0')).toMatch(/^IX-API version 1 ended on 2026-07-01: expected/);
  expect(notSpoken('3.0.0')).toBe('the exchange speaks IX-API version 3.0.0: expected version 2');
});
