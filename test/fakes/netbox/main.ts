import { parseArgs } from 'node:util';
import { startFakeNetbox } from './server';
import type { NetboxVersion } from './versions';

/**
 * Runs the fake as a process of its own: `tsx main.ts --devices 20 --seed 1 --netbox 4.6 --port 0 [--pace 100]
 * [--max-page-size 1000] [--token …] [--webhook http://… --secret …]`. Prints one line of JSON with its addresses once it
 * is ready, and ends when its standard input does.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      devices: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      netbox: { type: 'string', default: '4.6' },
      port: { type: 'string', default: '0' },
      pace: { type: 'string', default: '0' },
      'max-page-size': { type: 'string', default: '1000' },
      token: { type: 'string', multiple: true },
      webhook: { type: 'string', multiple: true, default: [] },
      secret: { type: 'string' },
    },
  });
  const { token, secret } = values;
  const fake = await startFakeNetbox({
    devices: Number(values.devices),
    seed: Number(values.seed),
    version: values.netbox as NetboxVersion,
    port: Number(values.port),
    paceMs: Number(values.pace),
    maxPageSize: Number(values['max-page-size']),
    webhooks: values.webhook.map((url) => ({ url, ...(secret === undefined ? {} : { secret }) })),
    ...(token === undefined ? {} : { tokens: token }),
  });
  const { url, port, tokens } = fake;
  process.stdout.write(`${JSON.stringify({ url, port, token: [...tokens][0], control: `${url}/_control` })}\n`);
  const end = (): void => void fake.close().then(() => process.exit(0));
  process.stdin.resume().once('end', end).once('close', end);
  process.once('SIGTERM', end).once('SIGINT', end);
}

void main();
