import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startFakePeeringdb, type FakePeeringdb } from '../fakes/peeringdb/server';
import { demoEnvironment } from './environment';
import { freshFolder } from './folder';
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
  readonly env: NodeJS.ProcessEnv;
  readonly once: boolean;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

function explore({ product }: Stage, { show, fake }: Demo): void {
  const folder = relative('', product.dataDir) || '.';
  show.title('It stays up to be explored; Ctrl-C stops it and all it started');
  show.say(`API            ${product.url}/api/schema/swagger-ui/`);
  show.say(`token          ${folder}/token`);
  show.say(`log            ${folder}/product.log`);
  show.say(`PeeringDB      ${fake.url} (simulated)`);
  show.say(`command line   DATA_DIR=${folder} npx crossconnect peeringdb status`);
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
    explore(stage, demo);
    await interrupted;
  }
  return held ? 0 : 1;
}

async function play(demo: Demo): Promise<number> {
  const { show, fake, env } = demo;
  let stage: Stage | undefined;
  const started = await attempt(show, 1, 'npm start brings up the whole product', async () => {
    const product = await startProduct(env, (line) => show.quote(line));
    stage = { show, fake, env, product };
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

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
  const dataDir = freshFolder(resolve(process.env['DATA_DIR'] ?? '.crossconnect-demo'));
  const fake = await startFakePeeringdb({ seed: SEED, scale: SCALE });
  const interruption = new AbortController();
  process.on('SIGINT', () => interruption.abort()).on('SIGTERM', () => interruption.abort());
  const show = createShow();
  const rows = Object.values(fake.state.counts()).reduce((sum, count) => sum + count, 0);
  show.say(
    `Crossconnect on a simulated PeeringDB: seed ${SEED}, scale ${SCALE}, ${rows.toLocaleString('en-US')} rows.`,
  );
  show.say(`Everything is kept in ${relative('', dataDir) || '.'}, which the next demo empties.`);
  const env = demoEnvironment(process.env, { dataDir, api: fake.url });
  try {
    return await play({ show, fake, env, once: values.once, signal: interruption.signal });
  } finally {
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
