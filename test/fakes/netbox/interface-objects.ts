/** A row of the interface table. */
export interface Interface {
  readonly id: number;
  readonly device: number;
  readonly name: string;
  readonly type: string;
  readonly enabled: boolean;
  /** What it is a sub-interface of. */
  readonly parent: number | null;
  /** The bundle that it is a member of. */
  readonly lag: number | null;
  /** The primary one, as NetBox writes it: 02:00:00:00:00:0A. */
  readonly mac_address: string | null;
  /** Those beside it, which there are since 4.2. */
  readonly other_mac_addresses: readonly string[];
  /** Kbit/s. */
  readonly speed: number | null;
  readonly mode: string | null;
  /** VLANs by their number in a tag. */
  readonly untagged_vlan: number | null;
  readonly tagged_vlans: readonly number[];
}

/** What can be set on an interface; MAC addresses in any spelling. */
export type InterfaceFields = Partial<Omit<Interface, 'id' | 'device'>>;

/** Types of interfaces that have a label here; NetBox has some two hundred. */
export const INTERFACE_TYPES: Readonly<Record<string, string>> = {
  virtual: 'Virtual',
  lag: 'Link Aggregation Group (LAG)',
  '10gbase-x-sfpp': 'SFP+ (10GE)',
  '100gbase-x-qsfp28': 'QSFP28 (100GE)',
  other: 'Other',
};

/** How an interface treats tags; `q-in-q` came with 4.2. */
export const INTERFACE_MODES: Readonly<Record<string, string>> = {
  access: 'Access',
  tagged: 'Tagged',
  'tagged-all': 'Tagged (All)',
  'q-in-q': 'Q-in-Q (802.1ad)',
};
