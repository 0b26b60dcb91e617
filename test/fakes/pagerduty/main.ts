import { parseArgs } from 'node:util';
import { startFakePagerduty, type FakePagerdutyOptions } from './server';

/**
 * Runs the fake as a process of its own: `node --require tsx/cjs main.ts --port 8484 [--routing-key …] [--webhook http://…
 * --secret …] [--per-minute 120] [--keep counts] [--options '{…}']`. Prints one line of JSON with its addresses once it
 * is ready, and ends when its standard input does.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      'routing-key': { type: 'string', multiple: true },
      webhook: { type: 'string', multiple: true },
      secret: { type: 'string', multiple: true, default: [] },
      'per-minute': { type: 'string' },
      keep: { type: 'string' },
      options: { type: 'string', default: '{}' },
    },
  });
  const { port, webhook, secret, keep, 'routing-key': routingKeys, 'per-minute': perMinute } = values;
  const fake = await startFakePagerduty({
    ...(JSON.parse(values.options) as FakePagerdutyOptions),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(routingKeys === undefined ? {} : { services: routingKeys.map((key) => ({ name: key, routingKeys: [key] })) }),
    ...(webhook === undefined ? {} : { webhooks: webhook.map((url) => ({ url, secrets: secret })) }),
    ...(perMinute === undefined ? {} : { rateLimit: { perMinute: Number(perMinute) } }),
    ...(keep === undefined ? {} : { keep: keep === 'counts' ? 'counts' : 'all' }),
  });
  const { url } = fake;
  process.stdout.write(
    `${JSON.stringify({ url, port: fake.port, events: `${url}/v2/enqueue`, control: `${url}/_control` })}\n`,
  );
  const end = (): void => void fake.close().then(() => process.exit(0));
  process.stdin.resume().once('end', end).once('close', end);
  process.once('SIGTERM', end).once('SIGINT', end);
}

void main();
