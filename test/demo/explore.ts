import { relative } from 'node:path';
import { FAKE_PAGERDUTY_TOKEN } from '../fakes/pagerduty/keys';
import { ourExchange } from './ixapi/records';
import { configOf } from './ixapi/exchange';
import { temporalUi } from './netbox/workflows';
import { BUSINESS } from './pagerduty/records';
import type { Stage } from './stage';

const folderOf = ({ product }: Stage): string => relative('', product.dataDir) || '.';

/** Asks the API on the command line. */
const asking = (stage: Stage): string => `curl -H "Authorization: Token $(cat ${folderOf(stage)}/token)"`;

function playNetbox(stage: Stage): void {
  const { show, netbox, product } = stage;
  const renaming = '{"call": "state.updateDevice", "args": [1, {"name": "core1.renamed"}]}';
  const routers = `${asking(stage)} '${product.url}/api/devices/routers/`;
  show.say('');
  show.say('Rename a device of NetBox, and look at its router two seconds later, and at what became of it:');
  show.say(`  curl -d '${renaming}' ${netbox.url}/_control`);
  show.say(`  ${routers}?netbox_device_id=1'`);
  show.say(`  ${routers}ID/audit/'`);
  show.say(
    'More that can be called there: state.createDevice, state.deleteDevice, webhooks.lose, faults.set, faults.clear;',
  );
}

function playPagerduty(stage: Stage): void {
  const { show, pagerduty, product } = stage;
  const firing = '{"source": "me", "dedup_id": "mine", "severity": "critical", "message": "Transit is down"}';
  const doing = '{"call": "people.resolve", "args": [{"dedup_key": "netbox-event-mine"}, "Grace"]}';
  const posting = `${asking(stage)} -H 'Content-Type: application/json'`;
  show.say('');
  show.say('Let something page, resolve it in PagerDuty, and look at what became of it:');
  show.say(`  ${posting} -d '${firing}' ${product.url}${BUSINESS}alerts/generic/`);
  show.say(`  curl -d '${doing}' ${pagerduty.url}/_control`);
  show.say(`  ${asking(stage)} ${product.url}${BUSINESS}events/EVENT_ID/timeline/`);
  show.say('More that can be called there: people.acknowledge, faults.outage, state.openAlerts, log.events;');
}

async function playIxapi(stage: Stage): Promise<void> {
  const { show, exchange, product } = stage;
  const { id } = await configOf(exchange, 'production');
  const failing = `{"call": "state.setState", "args": ["${id}", "error"]}`;
  const path = `${product.url}/api/peering/internet-exchanges/${(await ourExchange(stage)).id}/ix-api/`;
  show.say('');
  show.say('Let a config fail at the exchange, read that, and look at what the exchange says and at what differs:');
  show.say(`  curl -d '${failing}' ${exchange.ixapi.origin}/_control`);
  show.say(`  ${asking(stage)} -X POST '${path}refresh/?wait=30'`);
  show.say(`  ${asking(stage)} ${path}`);
  show.say(`  ${asking(stage)} ${product.url}/api/extras/drift/`);
  show.say('More that can be called there: state.allocate, state.decommission, tokens.revoke, paging.set, faults.add;');
}

/** What can be looked at when the story is over, and how somebody goes on who does not want to read code. */
export async function explore(stage: Stage): Promise<void> {
  const { product, show, fake, netbox, pagerduty, exchange } = stage;
  const folder = folderOf(stage);
  show.title('It stays up to be explored; Ctrl-C stops it and all it started');
  show.say(`API            ${product.url}/api/schema/swagger-ui/`);
  show.say(`token          ${folder}/token`);
  show.say(`log            ${folder}/product.log`);
  show.say(`Temporal UI    ${temporalUi(product)}`);
  show.say(`PeeringDB      ${fake.url} (simulated)`);
  show.say(`NetBox         ${netbox.url}/api/dcim/devices/ (simulated; Authorization: Token ${netbox.token})`);
  show.say(`IX-API         ${exchange.ixapi.url} (simulated; of ${exchange.port.name})`);
  show.say(`PagerDuty      ${pagerduty.url}/incidents (simulated; Authorization: Token token=${FAKE_PAGERDUTY_TOKEN})`);
  show.say(`command line   DATA_DIR=${folder} npx crossconnect peeringdb status`);
  playNetbox(stage);
  await playIxapi(stage);
  playPagerduty(stage);
  show.say('');
  show.say(
    'test/fakes/README.md says what they do, docs/netbox.md, docs/ixapi.md and docs/pagerduty.md what the product makes of it.',
  );
}
