import { randomInt } from 'node:crypto';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../../engine/ports';
import { spawnFakeNetbox, type RemoteNetbox } from '../fakes/netbox/remote';
import { spawnFakePagerduty, type RemotePagerduty } from '../fakes/pagerduty/remote';
import { startFakePeeringdb, type FakePeeringdb } from '../fakes/peeringdb/server';
import { demoEnvironment } from './environment';
import { freshFolder } from './folder';
import { startExchange, type Exchange } from './ixapi/exchange';
import { DEVICES } from './netbox/devices';
import { explore } from './explore';
import { startProduct } from './product';
import { createShow, type Show } from './show';
import { attempt, playStory, summarise, type Outcome } from './story';
import type { Stage } from './stage';

const SEED = 1;
/** A twentieth of PeeringDB: large enough to see something happen, small enough for a minute. */
const SCALE = 0.05;
const INTERRUPTED = 130;

interface Demo {
  readonly show: Show;
  readonly fake: FakePeeringdb;
  readonly netbox: RemoteNetbox;
  readonly pagerduty: RemotePagerduty;
  readonly exchange: Exchange;
  readonly env: NodeJS.ProcessEnv;
  readonly once: boolean;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

const whenAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Plays the story on a product that runs; the exit code. */
async function onProduct(demo: Demo, stage: Stage, started: Outcome): Promise<number> {
  const { show, once, signal } = demo;
  const interrupted = whenAborted(signal);
  const outcomes = await Promise.race([playStory(stage, signal, [started]), interrupted]);
  if (outcomes === undefined) return INTERRUPTED;
  const held = summarise(show, outcomes);
  if (!once) {
    await explore(stage);
    await interrupted;
  }
  return held ? 0 : 1;
}

async function play(demo: Demo): Promise<number> {
  const { show, fake, netbox, pagerduty, exchange, env } = demo;
  let stage: Stage | undefined;
  const started = await attempt(show, 1, 'npm start brings up the whole product', async () => {
    const product = await startProduct(env, (line) => show.quote(line));
    stage = { show, fake, netbox, pagerduty, exchange, env, product };
    return '/health/ready answers 200';
  });
  if (stage === undefined) return 1;
  try {
    return await onProduct(demo, stage, started);
  } finally {
    show.say('stopping');
    await stage.product.stop();
  }
}

/** Where the product listens: as chosen, else at a port that no connection gets while the product is started again. */
async function portOf({ PORT = '' }: NodeJS.ProcessEnv): Promise<string> {
  return ['', '0'].includes(PORT) ? String(await freePort(randomInt(20_000, 32_000))) : PORT;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
  const dataDir = freshFolder(resolve(process.env['DATA_DIR'] ?? '.crossconnect-demo'));
  const fake = await startFakePeeringdb({ seed: SEED, scale: SCALE });
  const netbox = await spawnFakeNetbox({ devices: 0 });
  await netbox.state.bulkCreate(DEVICES);
  const pagerduty = await spawnFakePagerduty();
  const exchange = await startExchange(fake);
  const interruption = new AbortController();
  process.on('SIGINT', () => interruption.abort()).on('SIGTERM', () => interruption.abort());
  const show = createShow();
  const rows = Object.values(fake.state.counts()).reduce((sum, count) => sum + count, 0);
  show.say(
    `Crossconnect on a simulated PeeringDB (seed ${SEED}, scale ${SCALE}, ${rows.toLocaleString('en-US')} rows), a simulated NetBox (${DEVICES.length} devices), a simulated PagerDuty and the simulated IX-API of ${exchange.port.name}.`,
  );
  show.say(`Everything is kept in ${relative('', dataDir) || '.'}, which the next demo empties.`);
  const port = await portOf(process.env);
  const env = demoEnvironment(process.env, { dataDir, port, api: fake.url, netbox, pagerduty });
  try {
    return await play({ show, fake, netbox, pagerduty, exchange, env, once: values.once, signal: interruption.signal });
  } finally {
    await exchange.ixapi.close();
    await pagerduty.close();
    await netbox.close();
    await fake.close();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
