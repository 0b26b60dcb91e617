import { isDeepStrictEqual } from 'node:util';
import type { NetboxSite } from './netbox-site';

type Row = Record<string, unknown>;

/** What a convergence does not write into its lines. */
const UNSEEN: readonly string[] = [
  ...['netbox_device_id', 'status_before', 'delete_after', 'created', 'last_updated', 'id'],
  ...['description', 'comments'],
];

interface Line {
  readonly id: number;
  readonly router: number;
  readonly action: string;
  readonly changes: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
}

/** Plays a line on what a router was before it; what does not follow from what was before. */
function play(
  before: Row | undefined,
  { id, action, changes }: Line,
): { readonly after: Row; readonly wrong: string[] } {
  const wrong: string[] = [];
  if ((before === undefined) !== (action === 'created')) wrong.push(`line ${id}: ${action}, which cannot be`);
  for (const [field, { from }] of Object.entries(changes))
    if (!UNSEEN.includes(field) && !isDeepStrictEqual(before?.[field] ?? null, from ?? null))
      wrong.push(`line ${id}: ${field} was ${JSON.stringify(before?.[field])}, it says ${JSON.stringify(from)}`);
  const to = Object.entries(changes).map(([field, change]) => [field, change.to]);
  return { after: { ...before, ...Object.fromEntries(to) }, wrong };
}

/** What is wrong with the lines of what became of routers: played from the first on they have to give each router. */
export async function auditErrors(site: Pick<NetboxSite, 'audit' | 'routers'>): Promise<string[]> {
  const routers = new Map<unknown, Row>();
  const wrong: string[] = [];
  for (const line of (await site.audit()) as unknown as Line[]) {
    const played = play(routers.get(line.router), line);
    wrong.push(...played.wrong.map((what) => `router ${line.router}: ${what}`));
    if (line.action === 'removed') routers.delete(line.router);
    else routers.set(line.router, played.after);
  }
  const actual = await site.routers();
  for (const router of actual)
    for (const [field, value] of Object.entries(router))
      if (!UNSEEN.includes(field)) {
        const told = routers.get(router['id'])?.[field] ?? null;
        if (!isDeepStrictEqual(told, value))
          wrong.push(
            `router ${String(router['id'])}: its lines say ${field} is ${JSON.stringify(told)}, it is ${JSON.stringify(value)}`,
          );
      }
  for (const id of routers.keys())
    if (!actual.some((router) => router['id'] === id)) wrong.push(`router ${String(id)} is gone, and no line says so`);
  return wrong;
}
