import { createServer } from 'node:http';
import { Client, Connection } from '@temporalio/client';
import { hintOptions, NETBOX_DEVICE_WORKFLOW } from '../workflows/netbox/start';

/** The floor of webhooks: a server, a process of its own as the API is, that does nothing but `signalWithStart`. */
async function main(address: string, namespace: string, port: number): Promise<void> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const server = createServer((request, response) => {
    const [, id = '0', request_id = ''] = (request.url ?? '').split('/');
    request.resume();
    client.workflow
      .signalWithStart(NETBOX_DEVICE_WORKFLOW, hintOptions(Number(id), { layer: 'webhook', request_id }))
      .then(
        () => response.writeHead(202).end(),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
  });
  process.once('SIGTERM', () => {
    server.closeAllConnections();
    server.close(() => void connection.close());
  });
  server.listen(port, '127.0.0.1');
}

void main(process.argv[2] ?? '', process.argv[3] ?? '', Number(process.argv[4]));
