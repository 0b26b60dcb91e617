import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from '../../../workflows/shared/job';
import { netboxDeviceWorkflowId } from '../../../workflows/netbox/messages';
import type { Product } from '../product';
import { expectThat, type Stage } from '../stage';

const STATE = defineSearchAttributeKey(SEARCH_ATTRIBUTES.state, 'KEYWORD');
const LONGEST_MS = 60_000;

/** What Temporal UI shows of the workflow of a device. */
interface DeviceWorkflow {
  readonly id: string;
  readonly running: boolean;
  /** Our search attribute. */
  readonly state: string;
}

/** The newest thing of a kind that the product said about itself. */
function saidBy({ dataDir }: Product, what: RegExp): string {
  const said = [...readFileSync(join(dataDir, 'product.log'), 'utf8').matchAll(what)].at(-1)?.[1];
  if (said === undefined) throw new Error(`the product never said ${String(what)}`);
  return said;
}

/** Where Temporal UI is. */
export const temporalUi = (product: Product): string => saidBy(product, /^ *Temporal UI (\S+)$/gm);

/** Does something with a client of the product's Temporal. */
async function withTemporal<T>(product: Product, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: saidBy(product, /^ *Temporal ([^ ,]+), data in /gm) });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

async function see(client: Client, deviceId: number): Promise<DeviceWorkflow> {
  const id = netboxDeviceWorkflowId(deviceId);
  const { status, typedSearchAttributes } = await client.workflow.getHandle(id).describe();
  return { id, running: status.name === 'RUNNING', state: typedSearchAttributes.get(STATE) ?? '' };
}

/** The workflows of these devices, once all of them are as `is` wants them. */
export const workflowsOnce = (
  { product }: Stage,
  deviceIds: readonly number[],
  is: (workflow: DeviceWorkflow) => boolean,
): Promise<readonly DeviceWorkflow[]> =>
  withTemporal(product, async (client) => {
    for (const deadline = Date.now() + LONGEST_MS; ;) {
      const seen = await Promise.all(deviceIds.map((id) => see(client, id)));
      const other = seen.find((workflow) => !is(workflow));
      if (other === undefined) return seen;
      expectThat(Date.now() < deadline, `${other.id} is not as expected: ${JSON.stringify(other)}`);
      await sleep(200);
    }
  });

/** What Temporal UI shows as the details of the workflow of a device: what it waits for. */
export const detailsOf = ({ product }: Stage, deviceId: number): Promise<string> =>
  withTemporal(product, async (client) => {
    const handle = client.workflow.getHandle(netboxDeviceWorkflowId(deviceId));
    return (await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata')).currentDetails ?? '';
  });

/** Whether a workflow has nothing to do: it ended, or sleeps until its deleted router is removed. */
export const isCalm = ({ running, state }: DeviceWorkflow): boolean => !running || state === 'sleeping';
