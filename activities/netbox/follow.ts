import { z } from 'zod';
import { routersOfDevices } from '../../store/devices/routers';
import { descendsFrom } from '../../store/netbox/device';
import {
  advance,
  beginFollowing,
  countMissed,
  followCursor,
  keepChanges,
  openChanges,
  type Change,
} from '../../store/netbox/follow';
import { rememberedRoleSlugs, rememberedRoles } from '../../store/netbox/roles';
import type { FollowedChanges } from '../../workflows/netbox/activities';
import type { Applying } from './apply';
import type { NetboxDeps } from './deps';
import { badAnswer } from './errors';
import { changeLogPath } from './look';

/** Lines on a page. */
const PAGE = 1000;

const lineSchema = z.looseObject({
  id: z.int(),
  changed_object_id: z.int(),
  request_id: z.string(),
  time: z.string(),
  user_name: z.string().nullish(),
  postchange_data: z.record(z.string(), z.unknown()).nullish(),
});
const pageSchema = z.looseObject({ results: z.array(lineSchema), next: z.string().nullish() });

type Line = z.output<typeof lineSchema>;

/** Reads lines of the change log, which is at this path. */
async function read({ client, signal }: Applying, path: string, query: string): Promise<z.output<typeof pageSchema>> {
  const { json } = await client.get(`${path}?changed_object_type=dcim.device&${query}`, signal);
  const page = pageSchema.safeParse(json);
  if (!page.success) throw badAnswer('NetBox answers with a change log that is none', page.error);
  return page.data;
}

/** The number of the newest line: what was before is not followed. */
async function newest(applying: Applying, path: string): Promise<number> {
  const { results } = await read(applying, path, 'ordering=-id&limit=1');
  return results[0]?.id ?? 0;
}

const changeOf = ({ id, changed_object_id, request_id, time }: Line): Change => ({
  ...{ id, device_id: changed_object_id, request_id, time },
});

/** Lines of devices that have a router, or may get one: whose role is one of ours, or one that is not known. */
async function relevant({ knex, policy }: NetboxDeps, lines: readonly Line[]): Promise<Line[]> {
  const { roles } = policy.rules;
  const ids = lines.map((line) => line.changed_object_id);
  const linked = new Set((await routersOfDevices(knex, ids)).map((router) => router.netbox_device_id));
  const [tree, slugs] = await Promise.all([rememberedRoles(knex), rememberedRoleSlugs(knex)]);
  const mayBeOurs = ({ postchange_data }: Line): boolean => {
    const slug = slugs.get(Number(postchange_data?.['role'] ?? postchange_data?.['device_role']));
    return roles.length === 0 || slug === undefined || descendsFrom(slug, roles, tree);
  };
  return lines.filter((line) => linked.has(line.changed_object_id) || mayBeOurs(line));
}

/** Tells the workflows of devices; how many times. */
async function hintAll(deps: NetboxDeps, lines: readonly Line[]): Promise<number> {
  const open = await openChanges(deps.knex, lines.map(changeOf));
  const hinted = await relevant(
    deps,
    lines.filter(({ id }) => open.has(id)),
  );
  for (const { changed_object_id, request_id, user_name } of hinted) {
    const user = user_name ? { username: user_name } : {};
    await deps.workflows.hint(changed_object_id, { layer: 'change_log', request_id, ...user });
  }
  return hinted.length;
}

/**
 * Reads what is new in NetBox's change log, and tells the workflows of devices that were not compared after it yet. The
 * lines are kept when all of theirs are told, so that none is lost when this fails in between.
 */
export async function followChanges(applying: Applying): Promise<FollowedChanges> {
  const { deps, client, signal, beat } = applying;
  const { knex, clock, missedAfterMs } = deps;
  // Where the change log is depends on the version, which every answer tells.
  const path = changeLogPath((await client.get('status/', signal)).version);
  const cursor = await followCursor(knex);
  if (cursor === null) await beginFollowing(knex, await newest(applying, path));
  let after = cursor ?? (await followCursor(knex)) ?? 0;
  let hinted = 0;
  for (;;) {
    const { results, next = null } = await read(applying, path, `id__gt=${after}&ordering=id&limit=${PAGE}`);
    const lines = results.filter(({ id }) => id > after);
    hinted += await hintAll(deps, lines);
    await keepChanges(knex, lines.map(changeOf), clock());
    beat();
    after = lines.at(-1)?.id ?? after;
    if (next === null || lines.length === 0) break;
  }
  const missed = await countMissed(knex, new Date(clock().getTime() - missedAfterMs));
  await advance(knex, clock());
  return { hinted, missed };
}
