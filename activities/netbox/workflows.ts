import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { guardOptions, hintOptions, NETBOX_DEVICE_WORKFLOW, NETBOX_GUARD_WORKFLOW } from '../../workflows/netbox/start';
import type { DeviceDurations } from '../../workflows/netbox/messages';
import type { NetboxWorkflows } from './deps';

/** Reaches the workflows of NetBox through a client of Temporal's. */
export const createNetboxWorkflows = (client: Client, durations?: DeviceDurations): NetboxWorkflows => ({
  async hint(deviceId, hint) {
    await client.workflow.signalWithStart(NETBOX_DEVICE_WORKFLOW, hintOptions(deviceId, hint, durations));
  },
  async startGuard() {
    await client.workflow.signalWithStart(NETBOX_GUARD_WORKFLOW, guardOptions(randomUUID()));
  },
});
