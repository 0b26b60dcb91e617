import { parseArgs } from 'node:util';
import { startFakeIxapi, type FakeIxapiOptions } from './server';

/**
 * Runs the fake as a process of its own: `node --require tsx/cjs main.ts --port 8585 [--configs 2000] [--options '{…}']`.
 * Prints one line of JSON with its addresses once it is ready, and ends when its standard input does.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, configs: { type: 'string' }, options: { type: 'string', default: '{}' } },
  });
  const options = JSON.parse(values.options) as FakeIxapiOptions;
  const { port, configs } = values;
  const fake = await startFakeIxapi({
    ...options,
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(configs === undefined ? {} : { data: { ...options.data, configs: Number(configs) } }),
  });
  const { url, origin } = fake;
  process.stdout.write(`${JSON.stringify({ url, origin, port: fake.port, control: `${origin}/_control` })}\n`);
  const end = (): void => void fake.close().then(() => process.exit(0));
  process.stdin.resume().once('end', end).once('close', end);
  process.once('SIGTERM', end).once('SIGINT', end);
}

void main();
