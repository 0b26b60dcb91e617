import ipaddr from 'ipaddr.js';
import { OBJECTS, OBJECT_TAGS, type ObjectTag } from '../../store/peeringdb/objects';
import { ask } from '../fakes/peeringdb/ask';
import { spawnFakePeeringdb } from '../fakes/peeringdb/remote';
import { createRng } from '../fakes/peeringdb/rng';
import { FAKE_API_KEY as key, startFakePeeringdb, type FakePeeringdb } from '../fakes/peeringdb/server';
import { breakagesOf } from '../fakes/peeringdb/state/bad-rows';
import type { Row } from '../fakes/peeringdb/store';

describe('changes upstream', () => {
  let fake: FakePeeringdb;
  const told = async (tag: ObjectTag, since: number): Promise<Row[]> =>
    (await ask(`${fake.url}/${tag}?since=${since}`, { key })).json().data;
  const later = (): number => {
    fake.clock.advance(10_000);
    return Math.floor(fake.clock.now() / 1000) - 1;
  };

  beforeAll(async () => {
    fake = await startFakePeeringdb({ seed: 4, scale: 0.01 });
  });
  afterAll(() => fake.close());

  test('a deletion takes along what cannot be without the row, as tombstones', async () => {
    const since = later();
    const poc =
      fake.state.ids('poc').find((id) => fake.state.get('poc', id).net_id === 1) ??
      fake.state.create('poc', { net_id: 1 });
    const taken = fake.state.delete('net', 1);
    const rows = (
      await Promise.all((['net', 'poc', 'netfac', 'netixlan'] as const).map((tag) => told(tag, since)))
    ).flat();
    expect(rows.length).toBe(taken);
    expect(taken).toBeGreaterThan(2);
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['deleted']));
    expect(fake.state.get('poc', poc)).toMatchObject({ status: 'deleted', name: '', email: '', phone: '' });
    expect(fake.state.liveRows('netixlan', 'key').some(({ net_id }) => net_id === 1)).toBe(false);
  });

  test('a row comes back under its id, only while its parents live', async () => {
    const id = fake.state.ids('netfac')[0]!;
    fake.state.delete('netfac', id);
    const since = later();
    fake.state.undelete('netfac', id);
    expect(await told('netfac', since)).toEqual([expect.objectContaining({ id, status: 'ok' })]);
    const net = fake.state.get('netfac', id).net_id as number;
    fake.state.delete('net', net);
    expect(() => fake.state.undelete('netfac', id)).toThrow(`its net ${net} is not ok`);
  });

  test('hard deletions and silent changes are not told by since', async () => {
    const since = later();
    const [gone, changed] = fake.state.ids('poc');
    fake.state.hardDelete('poc', gone!);
    fake.state.silent('poc', changed!, { role: 'Sales' });
    expect(await told('poc', since)).toEqual([]);
    fake.state.refreshListFiles(['poc']);
    const list = (await ask(`${fake.url}/poc`, { key })).json().data;
    expect(list.some(({ id }) => id === gone)).toBe(false);
    expect(list.find(({ id }) => id === changed)).toMatchObject({ role: 'Sales' });
    expect(list).toEqual(fake.state.liveRows('poc', 'key'));
  });

  test('two ports swap addresses within a second, and a network returns under another id', async () => {
    const since = later();
    const [left, right] = fake.state
      .ids('netixlan')
      .map((id) => fake.state.get('netixlan', id))
      .filter(({ ipaddr4 }) => ipaddr4 !== null);
    fake.state.swapAddresses(left!.id as number, right!.id as number);
    const rows = await told('netixlan', since);
    expect(rows.map(({ ipaddr4 }) => ipaddr4)).toEqual([right!.ipaddr4, left!.ipaddr4]);
    const old = fake.state.get('net', fake.state.ids('net')[3]!);
    const id = fake.state.recreateNetwork(old.id as number);
    expect(fake.state.get('net', id)).toMatchObject({ asn: old.asn, name: old.name, status: 'ok' });
    expect(fake.state.get('net', old.id as number)).toMatchObject({ asn: old.asn, status: 'deleted' });
  });

  test('a new row has live parents and its own addresses, an exchange its LAN, unknown fields and values pass', async () => {
    const since = later();
    const port = fake.state.get('netixlan', fake.state.create('netixlan', { ixlan_id: 2 }));
    const lan = fake.state.liveRows('ixpfx', 'key').find((row) => row.ixlan_id === 2 && row.protocol === 'IPv4')!;
    expect(ipaddr.parse(port.ipaddr4 as string).match(ipaddr.parseCIDR(lan.prefix as string) as never)).toBe(true);
    const same = fake.state.liveRows('netixlan', 'key').filter(({ ipaddr4 }) => ipaddr4 === port.ipaddr4);
    expect(same).toHaveLength(1);
    const ix = fake.state.create('ix', { name: 'Nový IX' });
    expect(fake.state.get('ixlan', ix)).toMatchObject({ id: ix, ix_id: ix, status: 'ok' });
    fake.state.update('ix', ix, { media: 'Quantum', surprise: { deep: [1] } });
    expect(await told('ix', since)).toEqual([expect.objectContaining({ media: 'Quantum', surprise: { deep: [1] } })]);
    for (const tag of OBJECT_TAGS) {
      const row = fake.state.get(tag, fake.state.create(tag));
      for (const parent of OBJECTS[tag].parents)
        expect(fake.state.get(parent.tag, row[parent.column] as number).status).toBe('ok');
    }
  });

  test('a pending row leaves lists and since', async () => {
    const since = later();
    const id = fake.state.ids('fac').at(-1)!;
    fake.state.pend('fac', id);
    expect(await told('fac', since)).toEqual([]);
    expect(fake.state.liveRows('fac', 'key').some((row) => row.id === id)).toBe(false);
  });

  test.each(OBJECT_TAGS)('each way of breaking a row of %s shows, and repairing undoes it', async (tag) => {
    const id = fake.state.create(tag);
    for (const breakage of breakagesOf(tag)) {
      const before = fake.state.get(tag, id);
      const since = later();
      fake.state.corrupt(tag, id, breakage);
      const [row] = await told(tag, since);
      expect({ ...row, updated: before.updated }).not.toEqual(before);
      fake.state.repair(tag, id);
      expect({ ...fake.state.get(tag, id), updated: before.updated }).toEqual(before);
    }
  });

  test('a row is orphaned by a deleted or an unknown parent', () => {
    const id = fake.state.create('netixlan');
    fake.state.orphan('netixlan', id, 'deleted');
    expect(fake.state.get('net', fake.state.get('netixlan', id).net_id as number).status).toBe('deleted');
    fake.state.orphan('netixlan', id, 'unknown', 'ixlan_id');
    expect(() => fake.state.get('ixlan', fake.state.get('netixlan', id).ixlan_id as number)).toThrow('no such row');
    fake.state.repair('netixlan', id);
  });

  test('a child can be listed before its new parent is', async () => {
    const net = fake.state.create('net', { org_id: fake.state.create('org') });
    fake.state.refreshListFiles(['net']);
    const listed = async (tag: ObjectTag): Promise<number[]> =>
      (await ask(`${fake.url}/${tag}`)).json().data.map(({ id }) => id as number);
    expect(await listed('net')).toContain(net);
    expect(await listed('org')).not.toContain(fake.state.get('net', net).org_id);
  });

  test('a share of all rows changes at successive seconds, the same by the same seed', async () => {
    const others = await Promise.all([1, 2].map(() => startFakePeeringdb({ seed: 9, scale: 0.02 })));
    const totals = others.map(({ state, clock }) => {
      const touched = state.mutateShare(createRng(77), 0.05);
      expect(touched.updated).toBeGreaterThan(touched.created + touched.deleted);
      expect(touched.updated + touched.created).toBeGreaterThan(0.04 * 5_500);
      return { touched, now: clock.now(), rows: OBJECT_TAGS.map((tag) => state.liveRows(tag, 'key')) };
    });
    expect(totals[0]).toEqual(totals[1]);
    const changed = totals[0]!.rows
      .flat()
      .map(({ updated }) => String(updated))
      .filter((time) => time.startsWith('2026-11-01'));
    expect(new Set(changed).size).toBeGreaterThan(50);
    await Promise.all(others.map(({ close }) => close()));
  });
});

test('the fake runs as a process of its own and is controlled from another', async () => {
  const remote = await spawnFakePeeringdb({ seed: 4, scale: 0.003 });
  try {
    expect(await remote.state.counts()).toMatchObject({ net: 105 });
    await remote.clock.advance(1000);
    await remote.state.update('net', 2, { notes: 'from afar' });
    const since = Math.floor((await remote.clock.now()) / 1000) - 1;
    const { data } = (await ask(`${remote.url}/net?since=${since}`, { key: remote.key })).json();
    expect(data).toEqual([await remote.state.get('net', 2)]);
    await remote.faults.add({ tag: 'ix' }, { kind: 'status', status: 502 });
    expect((await ask(`${remote.url}/ix`)).status).toBe(502);
    expect((await remote.requests()).map(({ path, status }) => [path, status])).toEqual([
      [`/api/net?since=${since}`, 200],
      ['/api/ix', 502],
    ]);
    await expect(remote.state.delete('net', 999_999)).rejects.toThrow('net 999999: the fake has no such row');
  } finally {
    await remote.close();
  }
  expect(() => process.kill(remote.pid, 0)).toThrow('ESRCH');
});
