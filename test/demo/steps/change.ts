import { listQuarantine } from '../compare';
import type { FakePeeringdb } from '../../fakes/peeringdb/server';
import { expectEqual, expectThat, synchronise, type Step } from '../stage';

const SHARE = 0.01;
const MINUTE = 60_000;
/** A network that only the story has. */
const OWN_ASN = 4_200_000_001;

const firstOf = ({ state }: FakePeeringdb): { port: number; presence: number } => ({
  port: state.ids('netixlan')[0] ?? 0,
  presence: state.ids('netfac')[0] ?? 0,
});

const incremental: Step = {
  title: 'Upstream changes, and an incremental synchronisation follows',
  play: async (stage) => {
    const { fake, show, product } = stage;
    const { state, clock } = fake;
    clock.advance(10 * MINUTE);
    const { updated, created, deleted } = state.mutateShare(7, SHARE);
    const net = state.create('net', { name: 'Demonstration Networks', asn: OWN_ASN });
    state.create('netixlan', { net_id: net });
    show.say(`upstream: ${updated} rows updated, ${created + 2} created, ${deleted} deleted`);
    const result = await synchronise(stage, 'incremental');
    show.say(result.summary);
    const { body } = await product.get<{ count: number }>(`/api/peeringdb/networks/?asn=${OWN_ASN}`);
    expectThat(body.count === 1, `AS${OWN_ASN} is listed ${body.count} times: expected once`);
    return `${result.created} created, ${result.updated} updated, ${result.deleted} deleted; ${await expectEqual(stage)}`;
  },
};

const quarantine: Step = {
  title: 'Bad rows wait in quarantine and take no healthy row down with them',
  play: async (stage) => {
    const { fake, show, product } = stage;
    const { port, presence } = firstOf(fake);
    fake.clock.advance(MINUTE);
    fake.state.corrupt('netixlan', port, 'bad-address');
    fake.state.orphan('netfac', presence, 'unknown', 'fac_id');
    fake.state.update('net', fake.state.ids('net')[0] ?? 0, { notes: 'A change beside bad rows.' });
    show.say(`upstream: port ${port} has an address that is none, netfac ${presence} a facility that nobody knows`);
    show.say((await synchronise(stage, 'incremental')).summary);
    const waiting = await listQuarantine(product);
    show.table([
      ['object', 'id', 'reason'],
      ...waiting.map(({ object, peeringdb_id, reason }) => [object, peeringdb_id ?? 0, reason]),
    ]);
    const seen = waiting.map(({ object, peeringdb_id }) => `${object} ${peeringdb_id ?? '?'}`).sort();
    const expected = [`netfac ${presence}`, `netixlan ${port}`];
    expectThat(seen.join() === expected.join(), `in quarantine: ${seen.join(', ')}; expected ${expected.join(', ')}`);
    return expectEqual(stage);
  },
};

const repaired: Step = {
  title: 'Put right upstream, they come out of quarantine',
  play: async (stage) => {
    const { fake, show, product } = stage;
    const { port, presence } = firstOf(fake);
    fake.clock.advance(MINUTE);
    fake.state.repair('netixlan', port);
    fake.state.repair('netfac', presence);
    show.say((await synchronise(stage, 'incremental')).summary);
    expectThat((await listQuarantine(product)).length === 0, 'rows are left in quarantine');
    return expectEqual(stage);
  },
};

/** What happens upstream every day. */
export const CHANGE: readonly Step[] = [incremental, quarantine, repaired];
