export { netboxDevice } from './netbox/device.workflow';
export { netboxFollow } from './netbox/follow.workflow';
export { netboxGuard } from './netbox/guard.workflow';
export { netboxReconcile } from './netbox/reconcile.workflow';
export { netboxScheduled } from './netbox/scheduled.workflow';
export { peeringdbClear } from './peeringdb/clear.workflow';
export { peeringdbScheduled } from './peeringdb/scheduled.workflow';
export { peeringdbSync } from './peeringdb/sync.workflow';
