export { netboxDevice } from './netbox/device.workflow';
export { netboxGuard } from './netbox/guard.workflow';
export { peeringdbClear } from './peeringdb/clear.workflow';
export { peeringdbScheduled } from './peeringdb/scheduled.workflow';
export { peeringdbSync } from './peeringdb/sync.workflow';
