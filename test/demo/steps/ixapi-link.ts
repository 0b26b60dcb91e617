import type { Identity } from '../../../store/ixapi/object/probes';
import { FAKE_IXAPI_KEY } from '../../fakes/ixapi/keys';
import { configOf } from '../ixapi/exchange';
import { link, refresh, shown, viewOf } from '../ixapi/records';
import { post } from '../netbox/routers';
import { expectThat, type Stage, type Step } from '../stage';

const OBJECTS = '/api/extras/ix-api/';
const { account: OURS, ...KEY } = FAKE_IXAPI_KEY;

interface Accounts {
  readonly api_url: string;
  readonly identities: readonly Identity[];
}

/** Ours, and what it manages, at any depth, as the exchange has it. */
async function ownAccounts({ exchange: { ixapi } }: Stage): Promise<readonly string[]> {
  const accounts = await ixapi.state.rows('accounts');
  const below = (id: string): string[] => [
    id,
    ...accounts.filter(({ managing_account }) => managing_account === id).flatMap((one) => below(one.id)),
  ];
  return below(OURS);
}

/** How many rows of a list the exchange gave, in how many answers. */
async function given({ exchange: { ixapi } }: Stage, path?: string): Promise<{ rows: number; answers: number }> {
  const lists = (await ixapi.log.requests()).filter((one) => one.rows !== null && (path ?? one.path) === one.path);
  return { rows: lists.reduce((sum, { rows }) => sum + (rows ?? 0), 0), answers: lists.length };
}

const joins: Step = {
  title: 'An exchange speaks IX-API: its address is completed, and the accounts that are really ours are offered',
  play: async (stage) => {
    const { show, exchange } = stage;
    const { origin, url, log } = exchange.ixapi;
    await log.clear();
    show.say(`POST ${OBJECTS}accounts/ {"api_url": "${origin}", "api_key": …, "api_secret": …}`);
    const asked = { api_url: origin, ...KEY };
    const { api_url, identities } = await post<Accounts>(stage, `${OBJECTS}accounts/`, asked, 200);
    const { rows } = await given(stage, '/accounts');
    show.table([['account', 'name', 'why'], ...identities.map(({ id, name, how }) => [id, name ?? '', how])]);
    expectThat(api_url === url, `its address is ${api_url}: expected ${url}`);
    const offered = identities.map(({ id }) => id).sort();
    const own = [...(await ownAccounts(stage))].sort();
    expectThat(offered.join() === own.join(), `it offers ${offered.join(', ')}: expected ${own.join(', ')}`);

    show.say(`POST ${OBJECTS} {"name": "${exchange.port.name}", "identity": "${OURS}", …}`);
    const wanted = { ...asked, name: exchange.port.name, identity: OURS };
    const made = await post<{ id: number; api_secret?: string }>(stage, OBJECTS, wanted, 201);
    expectThat(!JSON.stringify(made).includes(KEY.api_secret), 'the secret is answered');
    await link(stage, made.id);
    return `${origin} became ${api_url}; ${identities.length} of the ${rows} accounts that it shows are ours`;
  },
};

const looks: Step = {
  title:
    'What the exchange has for us, beside what we have: which LAN is ours, which configs, and whose the others are',
  play: async (stage) => {
    const { show, exchange } = stage;
    await exchange.ixapi.log.clear();
    await refresh(stage);
    const { rows, answers } = await given(stage);
    const view = await shown(stage);
    show.say(
      `GET ${await viewOf(stage)}: version ${view.version}, health ${String(view.health?.status)}, ${view.age} s old`,
    );
    const lan = view.network_services.filter(({ match }) => match.matched);
    for (const { id, name, match } of lan) show.say(`our LAN is ${id} (${name}), by ${match.by}: ${match.reason}`);
    show.table([
      ['config', 'state', 'whose', 'addresses', 'connection of ours', 'an import would'],
      ...view.network_service_configs.map(({ id, state, consuming_account, ips, local_connection, importable }) => [
        ...[id, state, consuming_account ?? '', ips.map(({ address }) => address).join(' ') || 'none'],
        ...[local_connection === null ? 'none' : `${local_connection.id}, by its ${local_connection.by}`],
        ...[importable?.action === 'skip' ? `skip: ${importable.reason}` : (importable?.action ?? '')],
      ]),
      ...view.foreign.network_service_configs.map(({ id, state, consuming_account }) => [
        ...[id, state, consuming_account ?? '', '', '', 'never'],
      ]),
    ]);
    await expectShown(stage);
    const [ours, foreign, others] = [view, view.foreign, view.others].map((one) => one.network_service_configs.length);
    return `${ours} configs are ours here, ${foreign} is of another account, ${others} of ours are elsewhere; read as ${rows} rows in ${answers} pages`;
  },
};

/** Compares what is shown with what the exchange has. */
async function expectShown(stage: Stage): Promise<void> {
  const { ixapi, port } = stage.exchange;
  const { version, health, network_services, network_service_configs, foreign } = await shown(stage);
  expectThat(version === '2.7.1' && health?.status === 'pass', `it is ${version} and ${String(health?.status)}`);
  const lans = network_services.filter(({ match }) => match.matched);
  const [lan] = lans;
  expectThat(lans.length === 1 && lan?.peeringdb_ixid === port.ix_id, `${lans.length} LANs are ours: expected one`);
  expectThat(lan?.match.by === 'peeringdb_ixid', `it was found by ${lan?.match.by}: expected PeeringDB's id`);
  const there = await ixapi.state.rows('network-service-configs', { network_service: lan?.id });
  for (const [rows, whose] of [[network_service_configs, OURS] as const, [foreign.network_service_configs] as const]) {
    const visible = (await ownAccounts(stage)).filter((id) => (id === OURS) === (whose === OURS));
    const expected = there.filter((row) => visible.includes(row['consuming_account'] as string)).map(({ id }) => id);
    const seen = rows.map(({ id }) => id);
    expectThat(seen.join() === expected.join(), `it shows ${seen.join(', ')}: expected ${expected.join(', ')}`);
  }
  const { id } = await configOf(stage.exchange, 'production');
  const known = network_service_configs.find((config) => config.id === id)?.local_connection;
  expectThat(known?.by === 'address', `${id} is not found to be our port ${port.ipaddr4} in PeeringDB`);
}

/** How an exchange is linked, and what it shows. */
export const IXAPI_LINK: readonly Step[] = [joins, looks];
