import fc from 'fast-check';
import type { Knex } from 'knex';
import { sharedFacilities, sharedIxps, sharedWithOwn } from '../../../store/peering/shared';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { listAll } from '../../helpers/list-all';
import { modelShared, type SharedIxlan } from '../../helpers/peering-model';
import { insertPlaces, insertWorld, type Places, type World } from '../../helpers/peering-world';
import { anyWorldAndPlaces } from '../../helpers/places-random';
import { modelFacilities, modelWithOwn, type SharedFacility } from '../../helpers/shared-model';
import { drawSeed } from '../../helpers/seed';

/** Worlds in the normal run: some seconds. FAULT_RUNS asks for ten times as many each. */
const RUNS = Number(process.env['FAULT_RUNS'] ?? 0) * 10 || 120;
const SEED = drawSeed();

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

interface SharedRow extends Omit<SharedIxlan, 'networks'> {
  readonly local_asn: number;
  readonly networks: readonly {
    readonly asn: number;
    readonly name: string;
    readonly ports: readonly { id: number }[];
  }[];
}

async function ixpsWithOwn(trx: Knex.Transaction, asn: number, own: readonly { asn: number }[]) {
  const rows = await listAll<SharedRow>(trx, sharedWithOwn(sharedIxps, asn, own));
  return rows.map(({ ixlan_id, ix_id, local_asn, networks }) => ({
    ...{ ixlan_id, ix_id, local_asn },
    networks: networks.map(({ asn, name, ports }) => ({ asn, name, ports: ports.map(({ id }) => id) })),
  }));
}

type FacilityRow = SharedFacility & { readonly city: null; readonly country: null };
const shownOf = <T extends FacilityRow>({ city: _, country: __, ...row }: T): Omit<T, 'city' | 'country'> => row;

/** Compares both questions about a network and our own with the model; how many rows were answered. */
async function checkWithOwn(trx: Knex.Transaction, world: World, places: Places, asn: number) {
  const own = world.systems.filter(({ affiliated }) => affiliated);
  const asns = own.map((local) => local.asn);
  const nameOf = ({ ixlan_id }: SharedIxlan): string => world.ixlans.find(({ id }) => id === ixlan_id)!.name;
  const ixps = modelWithOwn(
    (both) => modelShared(world, both),
    (a, b) => nameOf(a).localeCompare(nameOf(b)) || a.ixlan_id - b.ixlan_id,
    ...([asn, asns] as const),
  );
  expect(await ixpsWithOwn(trx, asn, own)).toEqual(ixps);
  const facilities = modelWithOwn(
    (both) => modelFacilities(world, places, both),
    (a, b) => a.name.localeCompare(b.name) || a.fac_id - b.fac_id,
    ...([asn, asns] as const),
  );
  const rows = await listAll<FacilityRow>(trx, sharedWithOwn(sharedFacilities, asn, own));
  expect(rows.map(shownOf)).toEqual(facilities);
  return { ixpsWithOwn: ixps.length, facilitiesWithOwn: facilities.length };
}

test(
  `shared facilities, and what is shared with our own, are what their definitions say (FAULT_SEED=${SEED})`,
  async () => {
    const happened = { facilities: 0, ixpsWithOwn: 0, facilitiesWithOwn: 0 };
    const numbers = fc.array(fc.nat({ max: 5 }), { maxLength: 2, size: 'max' });
    const property = fc.asyncProperty(anyWorldAndPlaces, numbers, async ({ world, places }, chosen) => {
      // Nothing is kept: each world finds the tables empty.
      const trx = await database.knex.transaction();
      try {
        await insertWorld(trx, world);
        await insertPlaces(trx, places);
        const asns = [world.nets[0]!, ...chosen.map((at) => world.nets[at % world.nets.length]!)].map(({ asn }) => asn);
        const together = (await listAll<FacilityRow>(trx, sharedFacilities(asns))).map(shownOf);
        expect(together).toEqual(modelFacilities(world, places, asns));
        if (new Set(asns).size > 1) happened.facilities += together.length;
        for (const { asn } of world.nets) {
          const counted = await checkWithOwn(trx, world, places, asn);
          happened.ixpsWithOwn += counted.ixpsWithOwn;
          happened.facilitiesWithOwn += counted.facilitiesWithOwn;
        }
      } finally {
        await trx.rollback();
      }
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: RUNS * 1_000 });
    for (const times of Object.values(happened)) expect(times).toBeGreaterThan(RUNS / 10);
  },
  RUNS * 1_500,
);
