import { driftDedupId } from '../../../store/ixapi/drift/events';
import { eventDedupKey } from '../../../store/pagerduty/keys';
import { connectionOf, expectImported } from '../ixapi/compare';
import { configOf } from '../ixapi/exchange';
import { driftThere, importConfigs, ourExchange, refresh, type Drift } from '../ixapi/records';
import type { Alarm } from '../pagerduty/alertmanager';
import { eventOf, until } from '../pagerduty/records';
import { alertOnce } from '../pagerduty/sent';
import { expectThat, synchronise, type Stage, type Step } from '../stage';

const MINUTE = 60_000;
/** Mbit/s. */
const OTHER_SPEED = 40_000;

/** What is wrong after all these changes, as `config kind`. */
async function expectedDrift({ exchange }: Stage): Promise<readonly string[]> {
  const [known, made] = [await configOf(exchange, 'production'), await configOf(exchange, 'qinq')];
  const ofMade = ['mac_address', 'ipv4_address', 'ipv6_address'].map((kind) => `${made.id} ${kind}`);
  return [...ofMade, `${known.id} speed`].sort();
}

const wordOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const textOf = (value: unknown): string => (value === null ? 'none' : [value].flat().map(wordOf).join(' or '));
const aged = (value: unknown, age: number | null): string => textOf(value) + (age === null ? '' : ` (${age} s)`);

/** Shows what differs, each value with its age. */
function showDrift({ show }: Stage, drift: readonly Drift[]): void {
  show.say('GET /api/extras/drift/, each value with its age');
  show.table([
    ['severity', 'config', 'what', 'at the exchange', 'here', 'in PeeringDB'],
    ...drift.map((one) => [
      ...[one.severity, one.network_service_config, one.kind, aged(one.ixapi, one.ixapi_age)],
      ...[aged(one.local, one.local_age), aged(one.peeringdb, one.peeringdb_age)],
    ]),
  ]);
}

/** The event of a MAC address that the exchange does not know. */
async function alarmOf(stage: Stage): Promise<Pick<Alarm, 'dedupId' | 'key' | 'summary'>> {
  const { id } = await configOf(stage.exchange, 'qinq');
  const difference = { network_service_config: id, kind: 'mac_address' } as const;
  const dedupId = driftDedupId((await ourExchange(stage)).id, difference);
  return { dedupId, key: eventDedupKey(dedupId), summary: `the MAC address of ${id}` };
}

/** The exchange knows another MAC address from now on. */
async function changeMac({ exchange }: Stage): Promise<{ readonly from: string; readonly to: string }> {
  const { state } = exchange.ixapi;
  const { id, macs } = await configOf(exchange, 'qinq');
  const old = await state.row('macs', macs[0] ?? '');
  const added = await state.addMac(id);
  await state.update('network-service-configs', id, { macs: [added.id] });
  return { from: String(old['address']), to: String(added['address']) };
}

const drifts: Step = {
  title: 'The exchange, PeeringDB and we disagree: a refresh finds where, and what stops traffic pages',
  play: async (stage) => {
    const { fake, show, exchange, pagerduty } = stage;
    const { from, to } = await changeMac(stage);
    show.say(`the exchange: it knows ${to} instead of the MAC address ${from}`);
    fake.clock.advance(MINUTE);
    fake.state.update('netixlan', exchange.port.id, { speed: OTHER_SPEED });
    show.say(`PeeringDB: our port has ${OTHER_SPEED} Mbit/s, and the port that we imported is not listed`);
    await synchronise(stage, 'incremental');
    const { drift: found } = await refresh(stage);
    const drift = await driftThere(stage);
    showDrift(stage, drift);
    const kinds = drift.map(({ network_service_config, kind }) => `${network_service_config} ${kind}`).sort();
    const expected = await expectedDrift(stage);
    expectThat(
      kinds.join() === expected.join(),
      `what differs is ${kinds.join(', ')}; expected ${expected.join(', ')}`,
    );
    expectThat(found === drift.length, `the refresh says ${found} differences, ${drift.length} are listed`);
    const mac = drift.find(({ kind }) => kind === 'mac_address');
    expectThat(
      textOf(mac?.ixapi) === to && mac?.local === from,
      `both MAC addresses are not in ${JSON.stringify(mac)}`,
    );
    const speed = drift.find(({ kind }) => kind === 'speed');
    expectThat(speed?.peeringdb === OTHER_SPEED, `both speeds are not in ${JSON.stringify(speed)}`);
    const alarm = await alarmOf(stage);
    const { alert } = await alertOnce(stage, alarm, 'triggered');
    const open = await pagerduty.state.openAlerts();
    expectThat(open.length === 1, `PagerDuty has ${open.length} open alerts: expected that of the MAC address`);
    return `${drift.length} differences; the critical one is event ${(await eventOf(stage, alarm)).id} and page ${alert.alert_key}`;
  },
};

/** PeeringDB lists both ports as they are. */
async function repairPeeringdb({ fake, exchange: { port, ...exchange } }: Stage): Promise<void> {
  const { ips } = await configOf({ port, ...exchange }, 'qinq');
  const [v4, v6] = await Promise.all(ips.map((id) => exchange.ixapi.state.row('ips', id)));
  const { net_id, ixlan_id } = port;
  fake.clock.advance(MINUTE);
  fake.state.update('netixlan', port.id, { speed: port.speed });
  fake.state.create('netixlan', {
    ...{ net_id, ixlan_id, ipaddr4: v4?.['address'] as string, ipaddr6: v6?.['address'] as string },
    ...{ speed: 10_000, is_rs_peer: true, operational: true },
  });
}

const clears: Step = {
  title: 'Each is put right where it is wrong, and clears',
  play: async (stage) => {
    const { show, exchange } = stage;
    const config = await configOf(exchange, 'qinq');
    const before = (await connectionOf(stage, config))?.mac_address;
    const { update } = await importConfigs(stage, { network_service_config: config.id });
    show.say(`connection ${update[0]?.connection}: ${JSON.stringify(update[0]?.changes)}`);
    const { mac_address } = await expectImported(stage, config);
    expectThat(mac_address !== before, 'the connection has the MAC address of before');
    const alarm = await alarmOf(stage);
    await alertOnce(stage, alarm, 'resolved');
    const isOver = ({ status, alert }: Awaited<ReturnType<typeof eventOf>>): boolean =>
      status === 'ok' && alert?.told === 'resolved' && alert.pending === 0;
    const { seen } = await until(() => eventOf(stage, alarm), isOver, `what is known of ${alarm.summary}`);
    show.say(`event ${seen.id} is ${seen.status}, its page resolved; ${(await driftThere(stage)).length} are left`);

    await repairPeeringdb(stage);
    show.say('PeeringDB: our port has its speed again, and the imported one is listed');
    await synchronise(stage, 'incremental');
    await refresh(stage);
    const left = await driftThere(stage);
    expectThat(left.length === 0, `${left.map(({ message }) => message).join('; ')}: expected nothing`);
    return 'nothing differs any more';
  },
};

/** Where the sources differ, and how that ends. */
export const IXAPI_DRIFT: readonly Step[] = [drifts, clears];
