import { setTimeout as sleep } from 'node:timers/promises';
import { NETBOX_GUARD_JOB } from '../../../workflows/netbox/messages';
import { expectEqualNetbox } from '../netbox/compare';
import { OUR_ROLES } from '../netbox/devices';
import { allRouters, deviceCalled, listRouters, plain, post, routerOf, showAudit } from '../netbox/routers';
import type { AnsweredRouter, Router } from '../netbox/routers';
import { isCalm, workflowsOnce } from '../netbox/workflows';
import { expectThat, isOver, jobOnce, type Job, type Stage, type Step } from '../stage';

/** What NETBOX_CHANGE_GUARD lets go within an hour. */
const ALLOWED = 5;
/** A router that a connection of ours hangs on, and one that somebody wants back. */
const CONNECTED = 'core1.ams';
const WANTED = 'edge1.sto';

interface Connection {
  readonly id: number;
}

/** Hangs one of our connections on a router. */
async function connect({ product }: Stage, router: Router): Promise<Connection> {
  const { body } = await product.get<{ results: Connection[] }>('/api/net/connections/?limit=1');
  const [connection] = body.results;
  if (connection === undefined) throw new Error('there are no connections of ours');
  const { status } = await product.patch(`/api/net/connections/${connection.id}/`, { router: router.id });
  expectThat(status === 200, `giving connection ${connection.id} a router answers ${status}: expected 200`);
  return connection;
}

const isGone = ({ state }: Router): boolean => state === 'deleted' || state === 'deleted_in_netbox';

/** How many routers are in which state, as a table; and those whose devices are gone for us. */
async function showStates(stage: Stage): Promise<readonly Router[]> {
  const routers = await allRouters(stage);
  const kinds = new Map<string, number>();
  for (const { state, status } of routers) {
    const kind = `${state} ${status}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const rows = [...kinds].sort().map(([kind, count]) => [...kind.split(' '), count]);
  stage.show.table([['state', 'status', 'routers'], ...rows]);
  return routers.filter(isGone);
}

/** The job of the guard, once it waits for a person. */
async function guardJob(stage: Stage): Promise<Job> {
  const path = `/api/core/jobs/?type=${NETBOX_GUARD_JOB}&limit=1`;
  for (let tries = 0; ; tries += 1) {
    const { body } = await stage.product.get<{ results: Job[] }>(path);
    const id = body.results[0]?.id;
    if (id !== undefined) return jobOnce(stage, id, (job) => job.progress?.confirmable === true || isOver(job));
    expectThat(tries < 100, 'the guard asks nobody');
    await sleep(100);
  }
}

/** Deletes the devices of all sites but one in one request; those that have routers. */
async function deleteMost({ netbox, show }: Stage): Promise<number[]> {
  const devices = (await netbox.devices()).filter(({ name }) => !/\.par(is)?$/.test(name ?? ''));
  const roles = (await netbox.roles()).filter(({ slug }) => OUR_ROLES.includes(slug)).map(({ id }) => id);
  const ours = devices.filter(({ role }) => roles.includes(role)).map(({ id }) => id);
  await netbox.setUser('mallory');
  await netbox.state.bulkDelete(devices.map(({ id }) => id));
  await netbox.webhooks.idle();
  show.say(`NetBox: mallory deletes ${devices.length} devices in one request, ${ours.length} of them routers of ours`);
  return ours;
}

const massDeletion: Step = {
  title: 'Most devices are deleted in NetBox at once: a guard holds back what goes beyond, and asks a person',
  play: async (stage) => {
    const { show } = stage;
    const connection = await connect(stage, await routerOf(stage, await deviceCalled(stage, CONNECTED)));
    show.say(`PATCH /api/net/connections/${connection.id}/: it is at the router ${CONNECTED} from now on`);
    const deleted = await deleteMost(stage);
    // Every one of them has been looked at, and was deleted or held back.
    await workflowsOnce(stage, deleted, isCalm);
    const { id, status, progress } = await guardJob(stage);
    show.say(`job ${NETBOX_GUARD_JOB}: ${status}: ${progress?.reason ?? ''}`);
    expectThat(progress?.confirmable === true, 'the job does not wait for a person');
    show.say(`nobody confirms: the other ${deleted.length - ALLOWED} stay as they are`);
    const gone = await showStates(stage);
    expectThat(gone.length === ALLOWED, `${gone.length} routers are gone: expected ${ALLOWED}`);
    const enabled = (await listRouters(stage)).filter((router) => router.status === 'enabled' && !isGone(router));
    const kept = enabled.filter(({ netbox_device_id }) => deleted.includes(netbox_device_id ?? 0)).length;
    expectThat(kept === deleted.length - ALLOWED, `${kept} stayed enabled: expected ${deleted.length - ALLOWED}`);

    show.say(`$ crossconnect job confirm ${id}`);
    const { code } = await stage.product.cli('job', 'confirm', id);
    expectThat(code === 0, `the command ends with code ${code}: expected 0`);
    const { result } = await jobOnce(stage, id, isOver);
    const { confirmed } = (result ?? {}) as { confirmed?: number };
    expectThat(confirmed === kept, `${confirmed} deletions were confirmed: expected ${kept}`);
    await workflowsOnce(stage, deleted, isCalm);
    const all = await showStates(stage);
    expectThat(all.length === deleted.length, `${all.length} routers are gone: expected ${deleted.length}`);
    return `${ALLOWED} at once, ${confirmed} after a person confirmed; ${await expectEqualNetbox(stage)}`;
  },
};

const restored: Step = {
  title: 'The routers of deleted devices are hidden: one that is in use stays, one is restored',
  play: async (stage) => {
    const { show } = stage;
    const routers = await allRouters(stage);
    const called = (name: string): Router => {
      const router = routers.find((one) => one.name === name);
      if (router === undefined) throw new Error(`there is no router ${name}`);
      return router;
    };
    const { state, status } = called(CONNECTED);
    show.say(`${CONNECTED}: ${state}, ${status}: a connection hangs on it`);
    expectThat(state === 'deleted_in_netbox' && status === 'disabled', `${CONNECTED} is ${state} and ${status}`);
    const wanted = called(WANTED);
    const { username } = await showAudit(stage, wanted);
    expectThat(username === 'mallory' || username === null, `it is put down to ${username ?? 'nobody'}`);
    show.say(`POST /api/devices/routers/${wanted.id}/restore/`);
    const back = plain(await post<AnsweredRouter>(stage, `/api/devices/routers/${wanted.id}/restore/`, {}, 200));
    show.say(`${WANTED}: ${wanted.state}, ${wanted.status} → ${back.state}, ${back.status}`);
    expectThat(back.state === 'local' && back.status === 'enabled', `it is ${back.state} and ${back.status}`);
    const listed = await listRouters(stage);
    expectThat(
      listed.some(({ id }) => id === back.id),
      'it is not listed',
    );
    const hidden = (await listRouters(stage, '&state=deleted')).length;
    return `${listed.length} routers listed, ${hidden} hidden and restorable for a day; ${await expectEqualNetbox(stage)}`;
  },
};

/** What is not believed at once. */
export const NETBOX_GUARD: readonly Step[] = [massDeletion, restored];
