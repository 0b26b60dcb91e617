import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { changes, fullSynchronisations, nothingNew, type Measurement } from './cases';
import { incidentMeasurements } from './incidents';
import { ixapiMeasurements } from './ixapi';
import { netboxMeasurements } from './netbox';
import { peeringQuestions } from './peering';
import { peeringSizes, type Concerned } from './peering-sizes';
import { describeMachine, toMarkdown, type Report } from './report';
import { startRig, type Rig } from './rig';
import type { Comparison } from './statistics';
import { forgetEverything, timeSynchronisation } from './synchronise';

const SHARES = [0.001, 0.01, 0.1];

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function withRig<T>(seed: number, scale: number, work: (rig: Rig) => Promise<T>): Promise<T> {
  say(`starting, with upstream at ${scale} times PeeringDB's size`);
  const rig = await startRig(seed, scale);
  try {
    return await work(rig);
  } finally {
    await rig.stop();
  }
}

async function versions({ knex, client }: Rig): Promise<[string, string]> {
  const shown = await knex.raw<{ rows: { server_version: string }[] }>('SHOW server_version');
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  return [shown.rows[0]?.server_version ?? '', serverVersion];
}

async function measure(rig: Rig, seed: number, scale: number, rounds: number): Promise<Report> {
  const machine = describeMachine(...(await versions(rig)));
  say(`${rounds} rounds of full synchronisations`);
  const comparisons: Comparison[] = await fullSynchronisations(rig, rounds);
  say(`${rounds * 4} rounds of nothing new`);
  comparisons.push(await nothingNew(rig, rounds * 4));
  say('changes');
  const measurements = await changes(rig, SHARES);
  say(`${rounds} rounds of peering questions`);
  comparisons.push(...(await peeringQuestions(rig, rounds)));
  say(`${rounds} rounds of NetBox's devices`);
  const netbox = await netboxMeasurements(rig, rounds);
  comparisons.push(...netbox.comparisons);
  measurements.push(...netbox.measurements);
  say(`${rounds} rounds of IX-API`);
  const ixapi = await ixapiMeasurements(rig, rounds);
  comparisons.push(...ixapi.comparisons);
  measurements.push(...ixapi.measurements);
  say('incidents');
  measurements.push(...(await incidentMeasurements(rig)).measurements);
  // Last, since it changes the cache.
  const concerned = await concernedPorts(rig);
  return { machine, seed, scale, comparisons, measurements, concerned, worker_peak_mib: rig.workerPeak() };
}

async function concernedPorts(rig: Rig): Promise<Concerned[]> {
  say('peering questions by the ports concerned');
  return peeringSizes(rig);
}

/** What `--only` can name: one of the measurements, without the others. */
const ALONE: Readonly<Record<string, (rig: Rig, rounds: number) => Promise<Partial<Report>>>> = {
  incidents: incidentMeasurements,
  ixapi: ixapiMeasurements,
  netbox: netboxMeasurements,
  peering: async (rig, rounds) => {
    await timeSynchronisation(rig, 'full');
    return { comparisons: await peeringQuestions(rig, rounds) };
  },
  'peering-sizes': async (rig) => {
    await timeSynchronisation(rig, 'full');
    return { concerned: await concernedPorts(rig) };
  },
};

/** One measurement alone. */
async function measureAlone(rig: Rig, seed: number, scale: number, rounds: number, name: string): Promise<Report> {
  const work = ALONE[name];
  if (!work) throw new Error(`--only ${name}: expected one of ${Object.keys(ALONE).join(', ')}`);
  const machine = describeMachine(...(await versions(rig)));
  const nothing = { comparisons: [], measurements: [], concerned: [] };
  return { machine, seed, scale, ...nothing, ...(await work(rig, rounds)), worker_peak_mib: rig.workerPeak() };
}

/** First full synchronisations at other sizes: what grows has to grow with the rows. */
async function sizes(seed: number, scales: readonly number[]): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  for (const scale of scales) {
    const { ms, rows } = await withRig(seed, scale, async (rig) => {
      await timeSynchronisation(rig, 'full');
      await forgetEverything(rig);
      const { ms, result } = await timeSynchronisation(rig, 'full');
      return { ms, rows: result.created };
    });
    measured.push({
      name: `first full at ${scale} times the size`,
      ms: Math.round(ms),
      detail: `${rows} rows, ${((1000 * ms) / rows).toFixed(1)} µs a row`,
    });
  }
  return measured;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'string' },
      seed: { type: 'string', default: '1' },
      scale: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '5' },
      sizes: { type: 'string', default: '0.1,0.3,3' },
      only: { type: 'string' },
    },
  });
  const [seed, scale, rounds] = [Number(values.seed), Number(values.scale), Number(values.rounds)];
  const { only } = values;
  const report = await withRig(seed, scale, (rig) =>
    only === undefined ? measure(rig, seed, scale, rounds) : measureAlone(rig, seed, scale, rounds, only),
  );
  const others = only === undefined ? await sizes(seed, values.sizes.split(',').filter(Boolean).map(Number)) : [];
  const whole = { ...report, measurements: [...report.measurements, ...others] };
  process.stdout.write(toMarkdown(whole));
  if (values.json) writeFileSync(values.json, `${JSON.stringify(whole, null, 2)}\n`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
