import { setTimeout as sleep } from 'node:timers/promises';
import { expectEqualNetbox } from '../netbox/compare';
import { NO_PLATFORM } from '../netbox/devices';
import { deviceCalled, routerOf, routerOnce, showAudit } from '../netbox/routers';
import { detailsOf, workflowsOnce } from '../netbox/workflows';
import { expectThat, type Step } from '../stage';

/** The change log is read every half minute; the rest is for a machine that has more to do. */
const FOLLOWED_SECONDS = 90;
/** Long enough to see that it tries again, short enough not to be boring. */
const DOWN_MS = 4_000;

const rename: Step = {
  title: 'A device is renamed in NetBox: a signed webhook, and the router follows within seconds',
  play: async (stage) => {
    const { netbox, show } = stage;
    const id = await deviceCalled(stage, 'core1.par');
    await netbox.setUser('ada');
    await netbox.webhooks.forget();
    await netbox.state.updateDevice(id, { name: 'core1.paris' });
    const { router, seconds } = await routerOnce(stage, id, ({ name }) => name === 'core1.paris');
    const [sent] = await netbox.sent();
    show.say(`NetBox: ada renames device ${id}; its webhook is answered with ${sent?.status}`);
    const { layer, username, request_id, changes } = await showAudit(stage, router);
    expectThat(sent?.status === 202, `the webhook is answered with ${sent?.status}: expected 202`);
    expectThat(layer === 'webhook' && username === 'ada', `it is put down to ${layer} and ${username ?? 'nobody'}`);
    expectThat(request_id !== null, "it does not name NetBox's request");
    expectThat(changes['name']?.from === 'core1.par', 'what the name was is not kept');
    return `renamed after ${seconds} s, two of which it waits whether more comes; ${await expectEqualNetbox(stage)}`;
  },
};

const forged: Step = {
  title: 'The same webhook with another signature is refused',
  play: async ({ netbox, show }) => {
    const [sent] = await netbox.sent();
    if (sent === undefined) throw new Error('no webhook was sent before');
    const body = sent.body.replaceAll('core1.paris', 'core1.forged');
    const given = new Map(sent.headers);
    const names = ['Content-Type', 'Authorization', 'X-Hook-Signature'];
    const headers = Object.fromEntries(names.map((name) => [name, given.get(name) ?? '']));
    const response = await fetch(sent.url, { method: 'POST', headers, body });
    const { detail } = (await response.json()) as { detail: string };
    show.say(`POST with another body and the old X-Hook-Signature → ${response.status}: ${detail}`);
    expectThat(response.status === 403, `a forged webhook is answered with ${response.status}: expected 403`);
    return 'answered with 403';
  },
};

const lost: Step = {
  title: 'A webhook is lost: the change log of NetBox heals it',
  play: async (stage) => {
    const { netbox, show } = stage;
    const id = await deviceCalled(stage, NO_PLATFORM);
    await netbox.setUser('grace');
    await netbox.webhooks.lose(1);
    await netbox.webhooks.forget();
    await netbox.state.updateDevice(id, { platform: 'juniper-junos' });
    show.say(`NetBox: grace gives device ${id} (${NO_PLATFORM}) its platform, and the webhook is lost`);
    show.say('waiting for the change log to be read, which happens every 30 s …');
    const { router, seconds } = await routerOnce(stage, id, ({ state }) => state === 'in_sync', FOLLOWED_SECONDS);
    const { layer, username } = await showAudit(stage, router);
    expectThat((await netbox.sent()).length === 0, 'the webhook was sent after all');
    expectThat(
      layer === 'change_log' && username === 'grace',
      `it is put down to ${layer} and ${username ?? 'nobody'}`,
    );
    return `healed after ${seconds} s by the layer change_log; ${await expectEqualNetbox(stage)}`;
  },
};

const down: Step = {
  title: 'NetBox goes down while its webhooks still come: each waits until it is back',
  play: async (stage) => {
    const { netbox, show } = stage;
    const ids = await Promise.all(['edge2.fra', 'fw1.lon'].map((name) => deviceCalled(stage, name)));
    const before = await Promise.all(ids.map((id) => routerOf(stage, id)));
    await netbox.faults.set({ down: {} });
    for (const [index, id] of ids.entries())
      await netbox.state.updateDevice(id, { primary_ip4: `198.51.100.${index + 1}/32` });
    await netbox.webhooks.idle();
    show.say('NetBox: two devices get other addresses, their webhooks go out, and then it answers nobody');
    const waiting = await workflowsOnce(stage, ids, ({ state }) => state === 'waiting');
    for (const [index, { id, state }] of waiting.entries())
      show.say(`workflow ${id}: ${state}: ${await detailsOf(stage, ids[index]!)}`);
    await sleep(DOWN_MS);
    for (const [index, id] of ids.entries()) {
      const { primary_ip4 } = await routerOf(stage, id);
      expectThat(primary_ip4 === before[index]?.primary_ip4, `the router changed while NetBox was down`);
    }
    await netbox.faults.clear();
    show.say('NetBox is back');
    const all = await Promise.all(
      ids.map((id) => routerOnce(stage, id, ({ primary_ip4 }) => primary_ip4?.startsWith('198.51.100.') === true)),
    );
    show.table([
      ['router', 'before', 'now', 'seconds later'],
      ...all.map(({ router, seconds }, index) => [
        ...[router.name, before[index]?.primary_ip4 ?? '', router.primary_ip4 ?? '', seconds],
      ]),
    ]);
    return expectEqualNetbox(stage);
  },
};

/** What is heard of devices, and what is not. */
export const NETBOX_FOLLOW: readonly Step[] = [rename, forged, lost, down];
