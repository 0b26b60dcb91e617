import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The product's version, as in package.json. */
export function productVersion(): string {
  const manifest = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
