import type { Converged } from '../../store/netbox/converge';
import type { DeviceHint } from './messages';

/** What came of looking at a device. `known`: it was compared after all that was heard already. */
export interface DeviceOutcome {
  readonly outcome: Converged['outcome'] | 'known';
  /** When the router has to be looked at again by itself (ISO 8601). */
  readonly check_at?: string;
}

/** What the NetBox workflows ask of their activities. Each may be repeated. */
export interface NetboxActivities {
  /** Reads a device in NetBox and makes its router what it should be. */
  convergeDevice(input: { readonly device_id: number; readonly hints: readonly DeviceHint[] }): Promise<DeviceOutcome>;
  /** How many changes the guard holds back. */
  countHolds(): Promise<{ readonly held: number }>;
  /** Lets what the guard holds back be done, and tells the devices' workflows. */
  confirmHolds(): Promise<{ readonly confirmed: number }>;
  /** Gives up what the guard holds back. */
  dropHolds(): Promise<void>;
}
