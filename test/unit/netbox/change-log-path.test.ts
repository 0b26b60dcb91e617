import { changeLogPath } from '../../../activities/netbox/look';

test.each([
  ['3.5', 'extras/object-changes/'],
  ['3.7.8', 'extras/object-changes/'],
  ['4.0', 'extras/object-changes/'],
  ['4.1', 'core/object-changes/'],
  ['4.1-beta1', 'core/object-changes/'],
  ['4.7', 'core/object-changes/'],
  ['4.10', 'core/object-changes/'],
  ['10.0', 'core/object-changes/'],
  ['', 'core/object-changes/'],
  ['unknown', 'core/object-changes/'],
  [undefined, 'core/object-changes/'],
])('the change log of version %s is at %s', (version, path) => {
  expect(changeLogPath(version)).toBe(path);
});
