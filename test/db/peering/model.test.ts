import fc from 'fast-check';
import type { Knex } from 'knex';
import { availablePeers, type AvailablePeers } from '../../../store/peering/available-peers';
import { createSessions, type PortSession } from '../../../store/peering/new-sessions';
import { sharedIxps } from '../../../store/peering/shared';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { listAll } from '../../helpers/list-all';
import { isRouteServer, modelAvailable, modelSessions, modelShared } from '../../helpers/peering-model';
import type { AvailablePort, PortPair, SharedIxlan } from '../../helpers/peering-model';
import { anyWorld } from '../../helpers/peering-random';
import { insertWorld, type World } from '../../helpers/peering-world';
import { drawSeed } from '../../helpers/seed';

/** Worlds in the normal run: some seconds. FAULT_RUNS asks for ten times as many each. */
const RUNS = Number(process.env['FAULT_RUNS'] ?? 0) * 10 || 120;
const SEED = drawSeed();

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const picks = (maxLength: number): fc.Arbitrary<number[]> => fc.array(fc.nat({ max: 20 }), { maxLength, size: 'max' });

/** What is asked of a world; numbers pick what there is, or nothing. */
const anyQuestion = fc.record({
  notOperational: fc.boolean(),
  routeServers: fc.boolean(),
  hidden: fc.boolean(),
  exchange: fc.option(fc.nat({ max: 9 }), { freq: 2 }),
  asn: fc.option(fc.nat({ max: 9 }), { freq: 2 }),
  own: fc.option(picks(2), { freq: 2 }),
  shared: picks(2),
  ports: picks(8),
  connections: fc.option(picks(4), { freq: 2 }),
});
type Question = typeof anyQuestion extends fc.Arbitrary<infer T> ? T : never;

const chosen = <T>(rows: readonly T[], numbers: readonly number[]): T[] =>
  numbers.flatMap((number) => rows.slice(number % (rows.length + 1)).slice(0, 1));

const EVERYTHING = { notOperational: true, routeServers: true, hidden: true };

function askedOf({ exchanges, nets }: World, question: Question): AvailablePeers {
  const [exchange] = chosen(exchanges, question.exchange === null ? [] : [question.exchange]);
  const [net] = chosen(nets, question.asn === null ? [] : [question.asn]);
  const own = chosen(exchanges, question.own ?? []).map((one) => one.local_autonomous_system);
  return {
    ...{ notOperational: question.notOperational, routeServers: question.routeServers, hidden: question.hidden },
    ...(exchange === undefined ? {} : { exchange: exchange.id }),
    ...(net === undefined ? {} : { asn: net.asn }),
    ...(own.length === 0 ? {} : { own }),
  };
}

async function available(trx: Knex.Transaction, asked: AvailablePeers): Promise<AvailablePort[]> {
  const rows = await listAll<AvailablePort>(trx, availablePeers(asked));
  return rows.map(({ id, internet_exchange, local_asn, missing }) => ({ id, internet_exchange, local_asn, missing }));
}

interface SharedRow extends Omit<SharedIxlan, 'networks'> {
  readonly networks: readonly {
    readonly asn: number;
    readonly name: string;
    readonly ports: readonly { id: number }[];
  }[];
}

async function shared(trx: Knex.Transaction, asns: readonly number[]): Promise<SharedIxlan[]> {
  const rows = await listAll<SharedRow>(trx, sharedIxps(asns));
  return rows.map(({ ixlan_id, ix_id, networks }) => ({
    ...{ ixlan_id, ix_id },
    networks: networks.map(({ asn, name, ports }) => ({ asn, name, ports: ports.map(({ id }) => id) })),
  }));
}

const pairOf = ({ netixlan_id, connection, family, ip_address }: PortSession): PortPair => ({
  ...{ netixlan_id, connection, family, ip_address },
});

const sessionsOf = async (trx: Knex.Transaction): Promise<{ id: number; asn: number; is_route_server: boolean }[]> =>
  trx('peering_ixp_session as s')
    .join('peering_autonomous_system as a', 'a.id', 's.autonomous_system')
    .select('s.id', 'a.asn', 's.is_route_server');

/** Makes sessions with some ports, and compares what was told and what is there with the model; how many were made. */
async function makeSessions(trx: Knex.Transaction, world: World, question: Question): Promise<number> {
  const netixlanIds = chosen([...world.ports, { id: 999 }], question.ports).map(({ id }) => id);
  const connectionIds =
    question.connections === null ? undefined : chosen(world.connections, question.connections).map(({ id }) => id);
  const expected = modelSessions(world, netixlanIds, connectionIds);
  const wanted = { netixlanIds, connectionIds, now: new Date() };
  for (const dryRun of [true, false]) {
    const { created, existing, skipped } = await createSessions(trx, { ...wanted, dryRun });
    expect({ created: created.map(pairOf), existing: existing.map(pairOf), skipped }).toEqual(expected);
    const sessions = await sessionsOf(trx);
    expect(sessions).toHaveLength(world.sessions.length + (dryRun ? 0 : created.length));
    if (dryRun) continue;
    for (const { session, netixlan_id } of created) {
      const { asn } = world.ports.find(({ id }) => id === netixlan_id)!;
      const made = { id: session, asn, is_route_server: isRouteServer(world, netixlan_id) };
      expect(sessions.find(({ id }) => id === session)).toEqual(made);
    }
  }
  const again = await createSessions(trx, { ...wanted, dryRun: false });
  expect(again.created).toEqual([]);
  expect(again.existing).toHaveLength(expected.created.length + expected.existing.length);
  const after = await available(trx, EVERYTHING);
  const made = expected.created.map(({ connection, ip_address }) => ({
    ...{ ixp_connection: connection, ip_address, autonomous_system: 0 },
  }));
  expect(after).toEqual(modelAvailable({ ...world, sessions: [...world.sessions, ...made] }, EVERYTHING));
  if (connectionIds === undefined) expect(after.filter(({ id }) => netixlanIds.includes(id))).toEqual([]);
  return made.length;
}

test(
  `available peers, shared exchanges and new sessions are what their definitions say (FAULT_SEED=${SEED})`,
  async () => {
    const happened = { available: 0, shared: 0, created: 0 };
    /** Rows of questions that were narrowed so, and sessions on connections that were chosen. */
    const narrowed = { exchange: 0, asn: 0, own: 0, connections: 0 };
    const property = fc.asyncProperty(anyWorld, anyQuestion, async (world, question) => {
      // Nothing is kept: each world finds the tables empty.
      const trx = await database.knex.transaction();
      try {
        await insertWorld(trx, world);
        const few = askedOf(world, question);
        const [first] = world.exchanges;
        const ofOwn: AvailablePeers[] = first ? [{ ...EVERYTHING, own: [first.local_autonomous_system] }] : [];
        for (const asked of [{ notOperational: false, routeServers: false }, few, ...ofOwn]) {
          const rows = await available(trx, asked);
          expect(rows).toEqual(modelAvailable(world, asked));
          happened.available += rows.length;
          if (asked !== few) continue;
          for (const by of ['exchange', 'asn', 'own'] as const) if (few[by] !== undefined) narrowed[by] += rows.length;
        }
        const asns = [...world.nets.slice(0, 1), ...chosen(world.nets, question.shared)].map(({ asn }) => asn);
        const together = await shared(trx, asns);
        expect(together).toEqual(modelShared(world, asns));
        if (new Set(asns).size > 1) happened.shared += together.length;
        const made = await makeSessions(trx, world, question);
        happened.created += made;
        if (question.connections !== null) narrowed.connections += made;
      } finally {
        await trx.rollback();
      }
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: RUNS * 1_000 });
    for (const times of Object.values(happened)) expect(times).toBeGreaterThan(RUNS / 10);
    for (const times of Object.values(narrowed)) expect(times).toBeGreaterThan(RUNS / 100);
  },
  RUNS * 1_500,
);
