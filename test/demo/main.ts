import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { spawnFakeNetbox, type RemoteNetbox } from '../fakes/netbox/remote';
import { startFakePeeringdb, type FakePeeringdb } from '../fakes/peeringdb/server';
import { demoEnvironment } from './environment';
import { freshFolder } from './folder';
import { DEVICES } from './netbox/devices';
import { temporalUi } from './netbox/workflows';
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
  readonly env: NodeJS.ProcessEnv;
  readonly once: boolean;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** How somebody goes on who does not want to read code. */
function playOn({ product }: Stage, { show, netbox }: Demo, folder: string): void {
  const renaming = '{"call": "state.updateDevice", "args": [1, {"name": "core1.renamed"}]}';
  const asking = `curl -H "Authorization: Token $(cat ${folder}/token)" '${product.url}/api/devices/routers/`;
  show.say('');
  show.say('Rename a device of NetBox, and look at its router two seconds later, and at what became of it:');
  show.say(`  curl -d '${renaming}' ${netbox.url}/_control`);
  show.say(`  ${asking}?netbox_device_id=1'`);
  show.say(`  ${asking}ID/audit/'`);
  show.say(
    'More that can be called there: state.createDevice, state.deleteDevice, webhooks.lose, faults.set, faults.clear;',
  );
  show.say('test/fakes/README.md says what they do, and docs/netbox.md what the product makes of it.');
}

function explore(stage: Stage, demo: Demo): void {
  const { product } = stage;
  const { show, fake, netbox } = demo;
  const folder = relative('', product.dataDir) || '.';
  show.title('It stays up to be explored; Ctrl-C stops it and all it started');
  show.say(`API            ${product.url}/api/schema/swagger-ui/`);
  show.say(`token          ${folder}/token`);
  show.say(`log            ${folder}/product.log`);
  show.say(`Temporal UI    ${temporalUi(product)}`);
  show.say(`PeeringDB      ${fake.url} (simulated)`);
  show.say(`NetBox         ${netbox.url}/api/dcim/devices/ (simulated; Authorization: Token ${netbox.token})`);
  show.say(`command line   DATA_DIR=${folder} npx crossconnect peeringdb status`);
  playOn(stage, demo, folder);
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
  const { show, fake, netbox, env } = demo;
  let stage: Stage | undefined;
  const started = await attempt(show, 1, 'npm start brings up the whole product', async () => {
    const product = await startProduct(env, (line) => show.quote(line));
    stage = { show, fake, netbox, env, product };
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
  const netbox = await spawnFakeNetbox({ devices: 0 });
  await netbox.state.bulkCreate(DEVICES);
  const interruption = new AbortController();
  process.on('SIGINT', () => interruption.abort()).on('SIGTERM', () => interruption.abort());
  const show = createShow();
  const rows = Object.values(fake.state.counts()).reduce((sum, count) => sum + count, 0);
  show.say(
    `Crossconnect on a simulated PeeringDB (seed ${SEED}, scale ${SCALE}, ${rows.toLocaleString('en-US')} rows) and a simulated NetBox (${DEVICES.length} devices).`,
  );
  show.say(`Everything is kept in ${relative('', dataDir) || '.'}, which the next demo empties.`);
  const env = demoEnvironment(process.env, { dataDir, api: fake.url, netbox });
  try {
    return await play({ show, fake, netbox, env, once: values.once, signal: interruption.signal });
  } finally {
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
