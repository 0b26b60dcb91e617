import { isFinal } from '../../../store/jobs';
import { connectionOf, expectImported, showConnections } from '../ixapi/compare';
import { configOf, type ExchangeConfig } from '../ixapi/exchange';
import { followingOnce } from '../ixapi/records';
import { until } from '../pagerduty/records';
import { expectThat, type Stage, type Step } from '../stage';

/** It is looked at 15, 45 and 105 seconds after it was asked for; the rest is for a machine that has more to do. */
const FOLLOWED_SECONDS = 120;

const allocates: Step = {
  title: 'Meanwhile the exchange allocates the addresses of the config that is followed',
  play: async (stage) => {
    const { show, exchange } = stage;
    const { state } = exchange.ixapi;
    const { id } = await configOf(exchange, 'requested');
    await state.allocate(id);
    await state.configureFeatures(id);
    const config = await configOf(exchange, 'requested');
    const ips = await Promise.all(config.ips.map((ip) => state.row('ips', ip)));
    const addresses = ips.map(({ address }) => String(address)).join(' and ');
    show.say(`the exchange: ${id} is ${config.state} and has ${addresses}; it tells nobody`);
    expectThat(ips.length === 2, `it has ${ips.length} addresses: expected 2`);
    return `${addresses}, which the next look will find`;
  },
};

/** When the exchange gave the addresses, in milliseconds. */
const allocatedAt = ({ status }: ExchangeConfig): number =>
  Date.parse((status as readonly { readonly timestamp: string }[])[0]?.timestamp ?? '');

/** How the product kept itself signed in, and how often it was refused. */
async function signIns({ exchange: { ixapi } }: Stage): Promise<string> {
  const grants = await ixapi.tokens.grants();
  const refused = (await ixapi.log.requests()).filter(({ status }) => status === 401).length;
  const renewed = grants.filter(({ by }) => by === 'refresh').length;
  expectThat(grants.length > 2, `it was given ${grants.length} pairs of tokens: expected more, as they expire`);
  expectThat(refused === 0, `the exchange refused ${refused} of its requests: expected none`);
  return `tokens were given ${grants.length} times, ${renewed} of them for older ones, and no request was refused`;
}

const appears: Step = {
  title: 'Its connection has appeared by itself, through restarts and expired tokens',
  play: async (stage) => {
    const { show, exchange } = stage;
    const config = await configOf(exchange, 'requested');
    await until(
      () => connectionOf(stage, config),
      (connection) => connection !== undefined,
      `the connection of ${config.id}`,
      FOLLOWED_SECONDS,
    );
    const made = await expectImported(stage, config);
    showConnections(stage, [made]);
    const job = await followingOnce(stage, ({ status }) => isFinal(status));
    expectThat(job.status === 'completed', `what followed it is ${job.status}: expected completed`);
    const seconds = (from: number, to: number): string => ((to - from) / 1000).toFixed(1);
    const asked = seconds(Date.parse(job.created), Date.parse(made.created));
    const later = seconds(allocatedAt(config), Date.parse(made.created));
    show.say(`PostgreSQL was killed and the product restarted meanwhile; ${await signIns(stage)}`);
    return `connection ${made.id}, ${asked} s after it was asked for and ${later} s after its addresses were allocated`;
  },
};

/** What the exchange does without telling anybody. */
export const IXAPI_ALLOCATE: readonly Step[] = [allocates];

/** What comes of it. */
export const IXAPI_FOLLOW: readonly Step[] = [appears];
