import type { Knex } from 'knex';
import { z } from 'zod';
import type { NetboxRules, RoleTree } from '../../store/netbox/device';
import { rememberRoles } from '../../store/netbox/roles';
import type { NetboxClient } from './client';
import { badAnswer } from './errors';

const roleSchema = z.looseObject({ slug: z.string(), parent: z.looseObject({ slug: z.string() }).nullish() });
const pageSchema = z.looseObject({ results: z.array(roleSchema), next: z.string().nullish() });

const PAGE = 1000;
/** How long a tree is believed: a role that is moved is found out by then. */
const BELIEVED_MS = 60_000;

/** All device roles with their parents, which NetBox has since 4.3. */
async function readRoles(client: NetboxClient, signal: AbortSignal): Promise<RoleTree> {
  const tree = new Map<string, string | null>();
  for (let offset = 0; ;) {
    const { json } = await client.get(`dcim/device-roles/?limit=${PAGE}&offset=${offset}&ordering=id`, signal);
    const page = pageSchema.safeParse(json);
    if (!page.success) throw badAnswer('NetBox answers with a list of roles that is none', page.error);
    for (const { slug, parent } of page.data.results) tree.set(slug, parent?.slug ?? null);
    offset += page.data.results.length;
    if ((page.data.next ?? null) === null || page.data.results.length === 0) return tree;
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
  const tree = await readRoles(client, signal);
  await rememberRoles(knex, tree);
  return { tree, at: Date.now() };
}

/** The tree of roles as far as it is needed to say whether a device with this role is in scope. */
export async function roleTreeFor(
  knex: Knex,
  client: NetboxClient,
  role: string | null,
  { roles }: NetboxRules,
  signal: AbortSignal,
): Promise<RoleTree> {
  if (role === null || roles.length === 0 || roles.includes(role)) return new Map();
  const before = await known.get(client)?.catch(() => undefined);
  const believed = before?.tree.has(role) === true ? BELIEVED_MS : BELIEVED_WITHOUT_MS;
  if (before !== undefined && before.at + believed > Date.now()) return before.tree;
  const asked = currentTree(knex, client, signal);
  known.set(client, asked);
  asked.catch(() => known.delete(client));
  return (await asked).tree;
}
