import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The product's version, as in package.json. */
export const VERSION = (JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8')) as { version: string })
  .version;

/** Who we are to upstreams: PeeringDB asks its clients for a name of their own. */
export const USER_AGENT = `crossconnect/${VERSION}`;
