import type { Book } from './book';
import { statusOf, type Row, type State, type Status } from './model';

/** What comes after what; 'error' and 'operator' can befall anything. By the names of the states: unverified. */
const NEXT: Readonly<Record<State, readonly State[]>> = {
  requested: ['scheduled', 'allocated', 'decommission_requested', 'archived'],
  scheduled: ['allocated', 'testing', 'production', 'decommission_requested'],
  allocated: ['testing', 'production', 'decommission_requested'],
  testing: ['production', 'decommission_requested'],
  production: ['production_change_pending', 'testing', 'decommission_requested'],
  production_change_pending: ['production', 'decommission_requested'],
  decommission_requested: ['decommissioned'],
  decommissioned: ['archived'],
  archived: [],
  error: ['requested', 'allocated', 'testing', 'production', 'decommission_requested', 'decommissioned'],
  operator: ['requested', 'allocated', 'testing', 'production', 'decommission_requested', 'decommissioned'],
};

export interface Lifecycle {
  /** Moves a configuration on; refuses what does not follow, and production without what is required. */
  readonly setState: (id: string, state: State, status?: Partial<Status>) => Row;
  /** Asks for its end on a day (2026-12-31); its features' configurations go with it. */
  readonly decommission: (id: string, at: string) => Row;
  /** Ends what was to end until now. */
  readonly settle: () => void;
}

const CONFIGS = 'network-service-configs';

export function createLifecycle(book: Book, now: () => number): Lifecycle {
  const stamp = (): string => new Date(now()).toISOString();
  const move = (row: Row, state: State, told: Partial<Status>, more: object = {}): Row => {
    const text = `the configuration is in ${state}`;
    const status = { ...statusOf(state === 'error' ? 3 : 6, state, text, stamp()), ...told };
    for (const id of row.network_feature_configs as string[])
      if (book.db['network-feature-configs'].has(id)) book.patch('network-feature-configs', id, { state });
    return book.patch(CONFIGS, row.id, { state, status: [status], ...more });
  };
  return {
    setState: (id, state, status = {}) => {
      const row = book.get(CONFIGS, id);
      const from = row.state as State;
      if (from !== state && !NEXT[from].includes(state) && !['error', 'operator'].includes(state))
        throw new Error(`${id} is in ${from}: ${state} does not follow`);
      const missing = state === 'production' ? missingFeature(book, row) : undefined;
      if (missing !== undefined) throw new Error(`${id} lacks a configuration of the required feature ${missing}`);
      return move(row, state, status);
    },
    decommission: (id, at) => {
      const told = { severity: 5, message: `will be decommissioned on ${at}` };
      return move(book.get(CONFIGS, id), 'decommission_requested', told, { decommission_at: at, charged_until: at });
    },
    settle: () => {
      const today = stamp().slice(0, 10);
      for (const row of book.rows(CONFIGS))
        if (
          row.state === 'decommission_requested' &&
          typeof row.decommission_at === 'string' &&
          row.decommission_at <= today
        )
          move(row, 'decommissioned', {});
    },
  };
}

/** A required feature that has no configuration (IX-API 2.1.0, tag network-features). */
function missingFeature(book: Book, config: Row): string | undefined {
  const configured = new Set(
    (config.network_feature_configs as string[]).map(
      (id) => book.db['network-feature-configs'].get(id)?.network_feature,
    ),
  );
  const features = (book.db['network-services'].get(config.network_service as string)?.network_features ??
    []) as string[];
  return features.find((id) => book.db['network-features'].get(id)?.required === true && !configured.has(id));
}
