import type { JobEnding } from '../shared/ending';

/** What the IX-API workflows ask of their activities. Each may be repeated; rows stay in PostgreSQL. */
export interface IxapiActivities {
  /**
   * Reads all lists of the exchange's IX-API object to their ends and puts what was read in the place of what was known,
   * unless a newer reading did. The same key is the same reading, until it came to its end: what an earlier attempt has
   * read is not asked for again. Fails with `notLinked` and `changed`.
   */
  readObject(input: { readonly key: string; readonly exchange: number }): Promise<ObjectRead>;
  /** Forgets a reading that did not come to its end, and its pages. */
  forgetReading(input: { readonly key: string }): Promise<void>;
  /**
   * Compares the sources of all exchanges of an IX-API object, NetBox's interfaces of their routers read before, and tells
   * events what is severe.
   */
  compareSources(input: { readonly ix_api: number }): Promise<{ readonly drift: number }>;
  /** Takes back the drift of exchanges that are not linked any more. */
  sweepDrift(): Promise<void>;
  /** What the Schedule is for. */
  findWork(): Promise<ScheduledWork>;
  /** Makes connections of configs, or says what would be made; what came of it is kept with the job. */
  importConfigs(input: ImportRequest): Promise<ImportCounts>;
  /** Imports those of the followed configs that have addresses now, and keeps it with the job; how many are left. */
  importFollowed(input: { readonly job_id: string; readonly exchange: number }): Promise<{ readonly left: number }>;
  /** Gives up following. */
  forgetFollowed(input: { readonly exchange: number }): Promise<void>;
  /** Ends a job with what was kept with it. */
  closeImport(input: { readonly job_id: string; readonly ending: JobEnding<object> }): Promise<void>;
  /** Tries an address, a key and a secret; what came of it stands in the database. */
  probe(input: { readonly id: string }): Promise<void>;
}

/** Ids of exchanges. */
export interface ScheduledWork {
  /** One of each IX-API object: by reading it all of its object are renewed. */
  readonly refresh: readonly number[];
  /** Those with configs that wait for addresses. */
  readonly follow: readonly number[];
}

/** What a reading came to. */
export interface ReadingCounts {
  readonly network_services: number;
  readonly network_features: number;
  readonly network_service_configs: number;
  readonly network_feature_configs: number;
  readonly connections: number;
  /** Whether a newer reading was there already. */
  readonly superseded: boolean;
}

/** The IX-API object that was read, and what that came to. */
export interface ObjectRead {
  readonly ix_api: number;
  readonly counts: ReadingCounts;
}

/** What is imported. */
export interface ImportRequest {
  readonly job_id: string;
  readonly exchange: number;
  readonly network_service_config?: string;
  readonly dry_run: boolean;
}

/** What an import came to: numbers of configs. `following`: those that wait for addresses. */
export interface ImportCounts {
  readonly create: number;
  readonly link: number;
  readonly update: number;
  readonly skip: number;
  readonly following: number;
}
