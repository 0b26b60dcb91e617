import { WEBHOOK_SECRET } from '../environment';
import { DEVICES, NO_PLATFORM, OUR_ROLES, UNKNOWN_PLATFORM } from '../netbox/devices';
import { expectEqualNetbox } from '../netbox/compare';
import { allRouters, deviceCalled, listRouters, post, routerOf, routerOnce } from '../netbox/routers';
import { expectThat, isOver, jobOnce, type Job, type Stage, type Step } from '../stage';

const RECONCILE = '/api/devices/reconcile/';
const ADOPTIONS = '/api/devices/adoptions/';
const WEBHOOK = '/api/devices/routers/update-from-netbox/';

/** A router that somebody typed in long ago. */
const BY_HAND = 'edge1.par';

interface Entry {
  readonly id: number;
  readonly name: string;
}
interface Plan {
  readonly checksum: string;
  readonly create: readonly Entry[];
  readonly update: readonly Entry[];
  readonly delete: readonly Entry[];
  readonly skipped: readonly (Entry & { readonly reason: string })[];
  readonly unchanged: number;
  /** Once it was applied: ids of devices. */
  readonly result?: { readonly applied: number; readonly stale: readonly number[]; readonly held: readonly number[] };
}

/** Plans, or applies a plan; the job's id, and what it says in the end. */
async function reconcile(stage: Stage, body: object): Promise<{ readonly id: string; readonly plan: Plan }> {
  const { id } = await post<Job>(stage, RECONCILE, body, 202);
  const { status, result, error } = await jobOnce(stage, id, isOver);
  expectThat(status === 'completed', `the reconciliation is ${status}: ${error?.message ?? 'no reason given'}`);
  return { id, plan: result as unknown as Plan };
}

const webhook: Step = {
  title: 'NetBox joins: it gets a token of its own, and sends its webhooks here',
  play: async ({ product, netbox, show }) => {
    show.say('$ crossconnect token create --name netbox --scope write');
    const { code, stdout } = await product.cli('token', 'create', '--name', 'netbox', '--scope', 'write');
    expectThat(code === 0, `the command ends with code ${code}: expected 0`);
    const headers = { Authorization: `Token ${stdout.trim()}` };
    await netbox.webhooks.addTarget({ url: `${product.url}${WEBHOOK}`, secret: WEBHOOK_SECRET, headers });
    const devices = await netbox.devices();
    const roles = (await netbox.roles()).map(({ id, name, slug }) => {
      const ofRole = devices.filter(({ role }) => role === id).length;
      return [name, ofRole, OUR_ROLES.includes(slug) ? 'routers of ours' : ''] as const;
    });
    show.table([['role in NetBox', 'devices', ''], ...roles.filter(([, count]) => count > 0)]);
    expectThat(devices.length === DEVICES.length, `NetBox has ${devices.length} devices`);
    return `${devices.length} devices, and a webhook to ${WEBHOOK}, signed with one of NETBOX_WEBHOOK_SECRETS`;
  },
};

const ours = DEVICES.filter(({ role }) => OUR_ROLES.includes(role));

const first: Step = {
  title: 'The first reconciliation is a plan: nothing happens until a person applies it',
  play: async (stage) => {
    const { show, netbox } = stage;
    await post(stage, '/api/devices/routers/', { name: BY_HAND, description: 'Typed in by hand.' }, 201);
    show.say(`POST /api/devices/routers/ {"name": "${BY_HAND}"}   # long ago`);
    show.say(`POST ${RECONCILE} {}`);
    const { id, plan } = await reconcile(stage, {});
    show.table([
      ['to do', 'devices', ''],
      ...(['create', 'update', 'delete'] as const).map((kind) => [kind, plan[kind].length, '']),
      ['skipped', plan.skipped.length, plan.skipped.map(({ name, reason }) => `${name}: ${reason}`).join('; ')],
    ]);
    const skipped = plan.skipped.map(({ name }) => name).join();
    expectThat(plan.create.length === ours.length - 1, `it creates ${plan.create.length} of ${ours.length} routers`);
    expectThat(skipped === BY_HAND, `it skips ${skipped}: expected ${BY_HAND}`);
    expectThat((await allRouters(stage)).length === 1, 'there are routers that nobody asked for');

    show.say(`POST ${RECONCILE} {"plan": "${id}", "checksum": "${plan.checksum.slice(0, 8)}…"}`);
    const { result } = (await reconcile(stage, { plan: id, checksum: plan.checksum })).plan;
    const { applied = 0, stale = [], held = [] } = result ?? {};
    show.say(`applied: ${applied}, stale: ${stale.length}, held back: ${held.length}`);
    expectThat(applied === plan.create.length, `${applied} entries were applied: expected ${plan.create.length}`);
    expectThat(stale.length + held.length === 0, 'entries were stale or held back');
    const asked = (await netbox.requests()).filter(({ path }) => path.includes('/dcim/devices/?')).length;
    return `${applied} routers made as planned, with ${asked} requests for devices`;
  },
};

const adoption: Step = {
  title: 'A router that was here before is not doubled: a person says that it is the device',
  play: async (stage) => {
    const { show, product } = stage;
    const { body } = await product.get<{ results: { id: number; reason: string }[] }>(ADOPTIONS);
    const [proposed] = body.results;
    show.say(`GET ${ADOPTIONS}: router ${BY_HAND}, ${proposed?.reason ?? 'nothing proposed'}`);
    expectThat(body.results.length === 1, `${body.results.length} adoptions are proposed: expected 1`);
    show.say(`POST ${ADOPTIONS}${proposed?.id}/accept/`);
    await post(stage, `${ADOPTIONS}${proposed?.id}/accept/`, {}, 200);
    const device = await deviceCalled(stage, BY_HAND);
    const { seconds } = await routerOnce(stage, device, ({ state }) => state === 'in_sync');
    const odd = await Promise.all(
      [UNKNOWN_PLATFORM, NO_PLATFORM].map(async (name) => routerOf(stage, await deviceCalled(stage, name))),
    );
    show.say(`it follows its device, ${seconds} s later; what is not in_sync says why:`);
    const rows = odd.map(({ name, state, netbox_platform }) => [name, state, netbox_platform ?? 'none']);
    show.table([['router', 'state', "NetBox's platform"], ...rows]);
    const routers = await listRouters(stage);
    expectThat(routers.length === ours.length, `there are ${routers.length} routers: expected ${ours.length}`);
    const others = routers.filter(({ state }) => state !== 'in_sync').length;
    expectThat(others === odd.length, `${others} routers are not in sync: expected ${odd.length}`);
    return expectEqualNetbox(stage);
  },
};

/** How NetBox's devices become routers. */
export const NETBOX_PLAN: readonly Step[] = [webhook, first, adoption];
