import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { draftIn } from '../../engine/drafts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'crossconnect-drafts-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('drafts that a killed process left are removed, those of a living one and whole things are not', () => {
  const [old, fresh] = [draftIn(folder, 'data'), draftIn(folder, 'data')];
  for (const path of [old, fresh, join(folder, 'data')]) {
    mkdirSync(path);
    writeFileSync(join(path, 'file'), '');
  }
  const longAgo = new Date(Date.now() - 2 * 3_600_000);
  for (const path of [old, join(folder, 'data')]) utimesSync(path, longAgo, longAgo);
  expect(draftIn(folder, 'data')).not.toBe(fresh);
  expect(readdirSync(folder).sort()).toEqual(['data', basename(fresh)]);
});
