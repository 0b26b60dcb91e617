import type { Converged } from '../../store/netbox/converge';
import type { JobEnding } from '../shared/ending';
import type { DeviceHint, NetboxReconcileInput } from './messages';

/** What came of looking at a device. `known`: it was compared after all that was heard already. */
export interface DeviceOutcome {
  readonly outcome: Converged['outcome'] | 'known';
  /** When the router has to be looked at again by itself (ISO 8601). */
  readonly check_at?: string;
}

/** How far a listing is. */
export interface ListingProgress {
  /** Where the next page begins. */
  readonly from: number;
  /** Devices so far, and the id of the last one. */
  readonly devices: number;
  readonly last: number;
}

/** What a listing showed: how many devices, and whether that is as many as NetBox says there are. */
export interface ListedDevices {
  readonly devices: number;
  readonly complete: boolean;
}

/** What following the change log came to: devices that were told of, and webhooks that never came. */
export interface FollowedChanges {
  readonly hinted: number;
  readonly missed: number;
}

/** What the NetBox workflows ask of their activities. Each may be repeated. */
export interface NetboxActivities {
  /** Reads a device in NetBox and makes its router what it should be. */
  convergeDevice(input: { readonly device_id: number; readonly hints: readonly DeviceHint[] }): Promise<DeviceOutcome>;
  /** Begins the job of a reconciliation, and its plan unless it applies another one. */
  openReconciliation(input: NetboxReconcileInput): Promise<void>;
  /** Reads all devices and keeps what would be done. */
  compareListing(input: { readonly job_id: string; readonly progress: ListingProgress }): Promise<ListedDevices>;
  /** Reads some devices and keeps what would be done. */
  compareSome(input: { readonly job_id: string; readonly device_ids: readonly number[] }): Promise<ListedDevices>;
  /** Finds out about devices that have routers and were not shown. */
  compareAbsent(input: { readonly job_id: string; readonly listed: ListedDevices }): Promise<void>;
  /** The plan is whole; whether it may apply itself. */
  closePlan(input: { readonly job_id: string }): Promise<{ readonly appliesItself: boolean }>;
  /** Applies a plan, but for what moved since; `strict` applies nothing then. */
  applyPlan(input: { readonly plan: string; readonly strict: boolean }): Promise<void>;
  /** Ends the job of a reconciliation; its result is read from the database. */
  closeReconciliation(input: {
    readonly job_id: string;
    readonly plan: string;
    readonly applied: boolean;
    readonly ending: JobEnding<object>;
  }): Promise<void>;
  /** Reads what is new in NetBox's change log, and tells the devices' workflows. */
  followChanges(): Promise<FollowedChanges>;
  /** How many changes the guard holds back. */
  countHolds(): Promise<{ readonly held: number }>;
  /** Lets what the guard holds back be done, and tells the devices' workflows. */
  confirmHolds(): Promise<{ readonly confirmed: number }>;
  /** Gives up what the guard holds back. */
  dropHolds(): Promise<void>;
}
