import fc from 'fast-check';
import type { Knex } from 'knex';
import { importPorts, portsToImport, type ImportedPort, type ImportResult } from '../../../store/peering/import';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { modelImport, modelOwnPorts, type ModelImport, type ModelPort } from '../../helpers/import-model';
import { listAll } from '../../helpers/list-all';
import { insertPlaces, insertWorld, type Places, type System, type World } from '../../helpers/peering-world';
import { anyWorldAndPlaces } from '../../helpers/places-random';
import { drawSeed } from '../../helpers/seed';

/** Worlds in the normal run: some seconds. FAULT_RUNS asks for ten times as many each. */
const RUNS = Number(process.env['FAULT_RUNS'] ?? 0) * 10 || 120;
const SEED = drawSeed();
const now = new Date('2026-02-03T04:05:06Z');

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

/** Whose ports are asked for, and which: numbers pick ports, of whomever, or none that there is. */
const anyChoice = fc.record({
  local: fc.nat({ max: 5 }),
  ports: fc.option(fc.array(fc.nat({ max: 25 }), { maxLength: 12, size: 'max' }), { freq: 2 }),
});

const chosenIds = ({ ports }: World, numbers: readonly number[]): number[] =>
  numbers.map((number) => ports[number]?.id ?? 999);

const imported = ({ port, internet_exchange, connection }: ModelPort): ImportedPort => ({
  ...{ netixlan_id: port.id, internet_exchange, connection },
});
const byPort = (a: ImportedPort, b: ImportedPort): number => a.netixlan_id - b.netixlan_id;
const idsOf = (ports: readonly ImportedPort[]): number[] => ports.map(({ netixlan_id }) => netixlan_id);

/** What a port becomes, by the connections and exchanges that there are. */
const connectionsOf = (trx: Knex.Transaction): Promise<Record<string, unknown>[]> =>
  trx('net_connection as c')
    .join('peering_internet_exchange as x', 'x.id', 'c.internet_exchange_point')
    .orderBy('c.id')
    .select('c.id', 'c.internet_exchange_point', 'c.status', 'c.peeringdb_netixlan', 'c.peeringdb_state')
    .select('x.name', 'x.peeringdb_ixlan', 'x.local_autonomous_system')
    .select(trx.raw("host(ipv4_address) || '/' || masklen(ipv4_address) AS ipv4_address"))
    .select(trx.raw("host(ipv6_address) || '/' || masklen(ipv6_address) AS ipv6_address"));

/** What an own port is as a connection of its own. */
const connectionFor = (local: System, one: ModelPort): object => ({
  status: one.port.operational === true ? 'enabled' : 'disabled',
  ...{ peeringdb_netixlan: one.port.id, peeringdb_state: 'linked', peeringdb_ixlan: one.port.ixlan_id },
  ...{ ipv4_address: one.ipv4_address, ipv6_address: one.ipv6_address, local_autonomous_system: local.id },
  ...(one.internet_exchange === null ? { name: one.name } : { internet_exchange_point: one.internet_exchange }),
});

/** The ports to import are those without a connection, each as the model has it. */
async function expectPortsToImport(trx: Knex.Transaction, local: System, ports: readonly ModelPort[]): Promise<void> {
  const rows = await listAll(trx, portsToImport(local));
  const expected = ports
    .filter(({ connection }) => connection === null)
    .sort((a, b) => a.name.localeCompare(b.name) || a.port.id - b.port.id)
    .map(({ port, connection: _, ...one }) => ({ ...port, ...one }));
  expect(rows).toHaveLength(expected.length);
  expect(rows).toMatchObject(expected);
}

/** A dry run tells what an import would do, and does nothing. */
async function expectDryRun(trx: Knex.Transaction, local: System, expected: ModelImport, ids?: readonly number[]) {
  const before = await connectionsOf(trx);
  const { created, existing, skipped } = await importPorts(trx, local, { ids, dryRun: true, now });
  expect(created).toEqual(expected.created.map(imported));
  const twins = expected.twins.map(({ of, netixlan_id }) => {
    const first = expected.created.find(({ port }) => port.id === of)!;
    return { netixlan_id, internet_exchange: first.internet_exchange, connection: null };
  });
  expect([...existing].sort(byPort)).toEqual([...expected.existing.map(imported), ...twins].sort(byPort));
  expect(skipped).toEqual(expected.skipped);
  expect(await connectionsOf(trx)).toEqual(before);
}

/** An import makes one connection for each port, and one exchange for each LAN that lacks one. */
async function expectImport(
  trx: Knex.Transaction,
  world: World,
  local: System,
  expected: ModelImport,
  ids?: readonly number[],
): Promise<ImportResult> {
  const result = await importPorts(trx, local, { ids, dryRun: false, now });
  expect(idsOf(result.created)).toEqual(idsOf(expected.created.map(imported)));
  const twins = expected.twins.map(({ of, netixlan_id }) => ({
    ...result.created.find((first) => first.netixlan_id === of)!,
    netixlan_id,
  }));
  expect([...result.existing].sort(byPort)).toEqual([...expected.existing.map(imported), ...twins].sort(byPort));
  expect(result.skipped).toEqual(expected.skipped);
  const connections = await connectionsOf(trx);
  const made = connections.filter(({ id }) => !world.connections.some((known) => known.id === id));
  expect(made).toHaveLength(expected.created.length);
  for (const { netixlan_id, connection, internet_exchange } of result.created) {
    const row = { id: connection, internet_exchange_point: internet_exchange };
    const one = expected.created.find(({ port }) => port.id === netixlan_id)!;
    expect(made.find(({ id }) => id === connection)).toMatchObject({ ...row, ...connectionFor(local, one) });
  }
  const lans = expected.created.filter((one) => one.internet_exchange === null).map(({ port }) => port.ixlan_id);
  const exchanges = await trx('peering_internet_exchange').pluck('id');
  expect(exchanges).toHaveLength(world.exchanges.length + new Set(lans).size);
  return result;
}

/** Imported again, nothing is made: all that was made is there. */
async function expectRepeatable(
  trx: Knex.Transaction,
  local: System,
  { created, existing, skipped }: ImportResult,
  ids?: readonly number[],
): Promise<void> {
  const connections = await connectionsOf(trx);
  const again = await importPorts(trx, local, { ids, dryRun: false, now });
  expect({ created: again.created, skipped: again.skipped }).toEqual({ created: [], skipped });
  expect(idsOf(again.existing)).toEqual(idsOf([...created, ...existing]).sort((a, b) => a - b));
  expect(again.existing).toEqual(expect.arrayContaining([...created]));
  expect(await connectionsOf(trx)).toEqual(connections);
}

/** What has to have happened for a run to mean something. */
const happened = { created: 0, existing: 0, twins: 0, unknown: 0, withoutPrefix: 0, singleStack: 0, disabled: 0, sameExchange: 0, listed: 0 }; // prettier-ignore

function count({ created, existing, twins, skipped }: ModelImport): void {
  const lans = created.map(({ port }) => port.ixlan_id);
  happened.created += created.length;
  happened.existing += existing.length;
  happened.twins += twins.length;
  happened.unknown += skipped.filter(({ reason }) => reason.startsWith('PeeringDB knows')).length;
  happened.withoutPrefix += skipped.filter(({ reason }) => reason.startsWith('no prefix')).length;
  happened.singleStack += created.filter((one) => one.ipv4_address === null || one.ipv6_address === null).length;
  happened.disabled += created.filter(({ port }) => port.operational !== true).length;
  happened.sameExchange += lans.length - new Set(lans).size;
}

async function checkImport(
  trx: Knex.Transaction,
  world: World,
  places: Places,
  local: System,
  ids?: readonly number[],
): Promise<void> {
  const ports = modelOwnPorts(world, places, local);
  const expected = modelImport(world, places, local, ids);
  count(expected);
  happened.listed += ports.filter(({ connection }) => connection === null).length;
  await expectPortsToImport(trx, local, ports);
  await expectDryRun(trx, local, expected, ids);
  const result = await expectImport(trx, world, local, expected, ids);
  await expectRepeatable(trx, local, result, ids);
  const made = idsOf([...result.created, ...result.existing]);
  const left = (await listAll<{ id: number }>(trx, portsToImport(local))).map(({ id }) => id);
  expect(left.filter((id) => made.includes(id))).toEqual([]);
}

test(
  `imports and the ports to import are what their definitions say (FAULT_SEED=${SEED})`,
  async () => {
    const property = fc.asyncProperty(anyWorldAndPlaces, anyChoice, async ({ world, places }, choice) => {
      // Nothing is kept: each world finds the tables empty.
      const trx = await database.knex.transaction();
      try {
        await insertWorld(trx, world);
        await insertPlaces(trx, places);
        const own = world.systems.filter(({ affiliated }) => affiliated);
        const ids = choice.ports === null ? undefined : chosenIds(world, choice.ports);
        await checkImport(trx, world, places, own[choice.local % own.length]!, ids);
      } finally {
        await trx.rollback();
      }
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: RUNS * 1_000 });
    for (const [name, times] of Object.entries(happened))
      expect({ [name]: times > RUNS / 100 }).toEqual({ [name]: true });
  },
  RUNS * 1_500,
);
