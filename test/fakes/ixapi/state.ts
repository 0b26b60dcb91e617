import type { Book } from './book';
import { addFeatureConfigs, addMac, allocateIps, type Validity } from './generate/allocate';
import { HOSTILE, type Hostile } from './hostile';
import type { Lifecycle } from './lifecycle';
import type { Collection, Row, State, Status } from './model';

export interface FakeIxapiState {
  /** The account of our key. */
  readonly account: () => string;
  /** Ids of the generated configurations by the names of their cases (`generate/cases.ts`, and the types of circuits). */
  readonly cases: () => Record<string, string>;
  /** All rows with all fields, whoever may see them. */
  readonly rows: (collection: Collection, filter?: Readonly<Record<string, unknown>>) => Row[];
  readonly row: (collection: Collection, id: string) => Row;
  readonly put: (collection: Collection, row: Row) => Row;
  /** Changes whatever is told, possible or not. */
  readonly update: (collection: Collection, id: string, changes: Readonly<Record<string, unknown>>) => Row;
  readonly remove: (collection: Collection, id: string) => void;
  /** Moves a configuration on; refuses what does not follow, and production without its required features. */
  readonly setState: (id: string, state: State, status?: Partial<Status>) => Row;
  /** Gives a configuration the addresses that it waits for, and allocates it if it was requested. */
  readonly allocate: (id: string, families?: readonly (4 | 6)[], validity?: Validity) => Row;
  /** Configures the required route servers. */
  readonly configureFeatures: (id: string) => Row;
  /** Adds a MAC address to a configuration and gives it back, with these changes. */
  readonly addMac: (id: string, changes?: Readonly<Record<string, unknown>>) => Row;
  /** Asks for the end on a day; it ends once the clock says so. */
  readonly decommission: (id: string, at: string) => Row;
  /** The hostile changes by name, and which list they are for. */
  readonly hostile: () => Record<string, Hostile>;
  /** Makes one of them to an object, or to the first of its list. */
  readonly poison: (name: string, id?: string) => Row;
}

const CONFIGS = 'network-service-configs';

/** What the exchange knows, for tests to look at and to change. */
export function createState(book: Book, lifecycle: Lifecycle, seed: number): FakeIxapiState {
  const config = (id: string): Row => book.get(CONFIGS, id);
  const append = (id: string, field: string, added: readonly string[]): Row =>
    book.patch(CONFIGS, id, { [field]: [...(config(id)[field] as string[]), ...added] });
  return {
    account: () => book.account,
    cases: () => Object.fromEntries(book.cases),
    rows: (collection, filter = {}) => {
      lifecycle.settle();
      return book.rows(collection).filter((row) => Object.entries(filter).every(([name, is]) => row[name] === is));
    },
    row: (collection, id) => {
      lifecycle.settle();
      return book.get(collection, id);
    },
    put: book.put,
    update: book.patch,
    remove: (collection, id) => void book.db[collection].delete(id),
    setState: lifecycle.setState,
    decommission: lifecycle.decommission,
    allocate: (id, families = [4, 6], validity = 'valid') => {
      append(id, 'ips', allocateIps(book, config(id), families, validity));
      return config(id).state === 'requested' ? lifecycle.setState(id, 'allocated') : config(id);
    },
    configureFeatures: (id) => {
      const { network_service } = config(id);
      const features = book
        .rows('network-features')
        .filter((row) => row.network_service === network_service && row.required === true);
      return append(id, 'network_feature_configs', addFeatureConfigs(book, config(id), features));
    },
    addMac: (id, changes = {}) => {
      const mac = addMac(book, config(id), 'valid', seed);
      append(id, 'macs', [mac]);
      return book.patch('macs', mac, changes);
    },
    hostile: () => HOSTILE,
    poison: (name, id) => {
      const hostile = HOSTILE[name];
      if (hostile === undefined) throw new Error(`${name}: there are ${Object.keys(HOSTILE).join(', ')}`);
      return book.patch(hostile.collection, id ?? book.rows(hostile.collection)[0]!.id, hostile.changes);
    },
  };
}
