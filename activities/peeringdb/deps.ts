import type { Knex } from 'knex';
import type { ObjectTag } from '../../store/peeringdb/objects';
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

/** What an activity does now, as its debug lines say it. A body is staged while it is still being fetched. */
export interface Step {
  readonly step: 'open' | 'fetch' | 'stage' | 'parents' | 'publish' | 'close';
  readonly synchronisation?: number;
  readonly job_id?: string;
  readonly object?: ObjectTag;
  /** Of the type's bodies: its list, what changed since, parents. */
  readonly part?: string;
}

/** Logs that a step begins, or begins again. */
export const logStep = ({ log }: Pick<PeeringdbDeps, 'log'>, step: Step): void =>
  log.debug(step, `synchronisation: ${step.step}`);
