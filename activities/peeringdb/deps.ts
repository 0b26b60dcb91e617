import type { Knex } from 'knex';
import type { Logger } from '../shared/logger';
import type { PeeringdbClient } from './client';

/** What the PeeringDB activities work with. */
export interface PeeringdbDeps {
  readonly knex: Knex;
  readonly client: PeeringdbClient;
  /** Who asks: see `identityOf`. */
  readonly identity: string;
  /** Base address of the public cache files; undefined: none. */
  readonly cacheUrl?: string | undefined;
  /** Requests a minute, over all workers. */
  readonly rateLimit: number;
  /** How long upstream refuses the same full list to an anonymous client. */
  readonly repeatIntervalMs: number;
  /** The share of a type that may be missing from a list; a fraction of one. */
  readonly guard: number;
  readonly clock: () => Date;
  readonly log: Logger;
}
