import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const TESTS = join(__dirname, '..');

/** The names written in a test file, as they stand between the quotes. */
function namesIn(file: string): string[] {
  const source = readFileSync(join(TESTS, file), 'utf8');
  return [...source.matchAll(/^\s*(?:test|it)\(\s*(['"`])(.+?)\1,/gm)].map((match) => match[2] ?? '');
}

const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'));

test('there is one test of each name, so that a failure names one place', () => {
  const places = new Map<string, string[]>();
  for (const file of files) for (const name of namesIn(file)) places.set(name, [...(places.get(name) ?? []), file]);
  expect(places.size).toBeGreaterThan(50);
  expect([...places].filter(([, where]) => where.length > 1)).toEqual([]);
});
