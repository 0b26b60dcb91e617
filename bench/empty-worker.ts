import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { EMPTY_QUEUE } from './empty.workflow';

/** The worker of the empty workflow, a process of its own as the product's is. */
async function main(address: string, namespace: string): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: EMPTY_QUEUE,
    workflowsPath: require.resolve('./empty.workflow'),
    activities: { nothing: async () => undefined },
  });
  await worker.run();
  await connection.close();
}

void main(process.argv[2] ?? '', process.argv[3] ?? '');
