import type { Knex } from 'knex';
import { z } from 'zod';
import type { NetboxRules, RoleTree } from '../../store/netbox/device';
import { rememberRoles, type NetboxRole } from '../../store/netbox/roles';
import type { NetboxClient } from './client';
import { badAnswer } from './errors';

const roleSchema = z.looseObject({
  id: z.int(),
  slug: z.string(),
  parent: z.looseObject({ slug: z.string() }).nullish(),
});
const pageSchema = z.looseObject({ results: z.array(roleSchema), next: z.string().nullish() });

const PAGE = 1000;
/** How long a tree is believed: a role that is moved is found out by then. */
const BELIEVED_MS = 60_000;

/** All device roles with their parents, which NetBox has since 4.3. */
async function readRoles(client: NetboxClient, signal: AbortSignal): Promise<NetboxRole[]> {
  const roles: NetboxRole[] = [];
  for (;;) {
    const { json } = await client.get(`dcim/device-roles/?limit=${PAGE}&offset=${roles.length}&ordering=id`, signal);
    const page = pageSchema.safeParse(json);
    if (!page.success) throw badAnswer('NetBox answers with a list of roles that is none', page.error);
    const { results, next = null } = page.data;
    roles.push(...results.map(({ id, slug, parent }) => ({ id, slug, parent: parent?.slug ?? null })));
    if (next !== null && results.length > 0) continue;
    // It is asked for the role of a device, so that there is one at least.
    if (roles.length === 0) throw badAnswer('NetBox lists no device roles, although its devices have some');
    return roles;
  }
}

/** How long it is believed when it does not have a role that a device has: one that was just made. */
const BELIEVED_WITHOUT_MS = 5_000;

interface Known {
  readonly tree: RoleTree;
  readonly at: number;
}

/** Per client, since each has a NetBox of its own; asked for once however many want it at the same time. */
const known = new WeakMap<NetboxClient, Promise<Known>>();

async function currentTree(knex: Knex, client: NetboxClient, signal: AbortSignal): Promise<Known> {
  const roles = await readRoles(client, signal);
  await rememberRoles(knex, roles);
  return { tree: new Map(roles.map(({ slug, parent }) => [slug, parent])), at: Date.now() };
}

/** What is compared from now on is compared by the tree as it is then: a person may just have moved a role. */
export const forgetRoles = (client: NetboxClient): void => void known.delete(client);

/** The tree of roles as far as it is needed to say whether a device with this role is in scope. */
export async function roleTreeFor(
  knex: Knex,
  client: NetboxClient,
  role: string | null,
  { roles }: NetboxRules,
  signal: AbortSignal,
): Promise<RoleTree> {
  if (role === null || roles.length === 0 || roles.includes(role)) return new Map();
  const last = known.get(client);
  const before = await last?.catch(() => undefined);
  const believed = before?.tree.has(role) === true ? BELIEVED_MS : BELIEVED_WITHOUT_MS;
  if (before !== undefined && before.at + believed > Date.now()) return before.tree;
  // Somebody else may have asked meanwhile.
  if (known.get(client) === last) known.set(client, currentTree(knex, client, signal));
  const asked = known.get(client);
  asked?.catch(() => known.delete(client));
  return (await asked)?.tree ?? new Map<string, string | null>();
}
