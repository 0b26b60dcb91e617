import { parseArgs } from 'node:util';
import { createFakeClock, createRunningClock } from './clock';
import { PUBLISHED_LIMITS } from './limits';
import { startFakePeeringdb } from './server';

/**
 * Runs the fake as a process of its own: `tsx main.ts --seed 1 --scale 1 --port 0 [--clock running] [--limits]`. Prints
 * one line of JSON with its addresses once it is ready, and ends when its standard input does.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      scale: { type: 'string', default: '0.01' },
      port: { type: 'string', default: '0' },
      clock: { type: 'string', default: 'still' },
      limits: { type: 'boolean', default: false },
      'list-file-interval': { type: 'string' },
    },
  });
  const interval = values['list-file-interval'];
  const fake = await startFakePeeringdb({
    seed: Number(values.seed),
    scale: Number(values.scale),
    port: Number(values.port),
    clock: values.clock === 'running' ? createRunningClock() : createFakeClock(),
    limits: values.limits ? PUBLISHED_LIMITS : {},
    ...(interval === undefined ? {} : { listFileInterval: Number(interval) }),
  });
  await fake.files.precompress();
  const { url, cacheUrl, port } = fake;
  process.stdout.write(
    `${JSON.stringify({ url, cacheUrl, port, key: [...fake.keys][0], control: `http://127.0.0.1:${port}/_control` })}\n`,
  );
  const end = (): void => void fake.close().then(() => process.exit(0));
  process.stdin.resume().once('end', end).once('close', end);
  process.once('SIGTERM', end).once('SIGINT', end);
}

void main();
