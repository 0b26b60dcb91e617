import { z } from 'zod';
import type { Finding } from './check';
import type { AskNetbox } from './netbox-ask';

/** Names in the settings that NetBox has to know: it ignores filters that it does not know, so answers are compared. */

const slugsSchema = z.looseObject({ results: z.array(z.looseObject({ slug: z.string() })) });
const fieldsSchema = z.looseObject({
  results: z.array(
    z.looseObject({
      name: z.string(),
      // Until NetBox 3.7 and since 4.0.
      content_types: z.array(z.string()).optional(),
      object_types: z.array(z.string()).optional(),
    }),
  ),
});

/** As many rows as NetBox gives at once. */
const MOST = 1000;

/** What is named by its slug. */
interface Slugged {
  readonly setting: string;
  readonly what: string;
  readonly path: string;
  readonly right: string;
  /** What follows from one that is not there. */
  readonly hint: string;
}

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');
const plural = (what: string, { length }: readonly string[]): string => `${what}${length === 1 ? '' : 's'}`;
const filter = (name: string, values: readonly string[]): string =>
  values.map((value) => `&${name}=${encodeURIComponent(value)}`).join('');

/** Asks for objects by their slugs; a finding where that is impossible. */
async function unknownSlugs(
  ask: AskNetbox,
  { what, path, right }: Slugged,
  wanted: readonly string[],
): Promise<readonly string[] | Finding> {
  const answer = await ask(`${path}?limit=${MOST}&fields=id,slug${filter('slug', wanted)}`);
  if (answer.kind === 'failed') return answer.finding;
  const page = slugsSchema.safeParse(answer.kind === 'answer' ? answer.json : undefined);
  if (page.success) return wanted.filter((slug) => !page.data.results.some((row) => row.slug === slug));
  const said = answer.kind === 'forbidden' ? answer.said : 'the answer is no list';
  const hint = `give its user the permission to view ${right}`;
  return { level: 'fail', detail: `the token may not read ${what}s: ${said}`, hint };
}

async function checkSlugs(ask: AskNetbox, slugged: Slugged, wanted: readonly string[]): Promise<Finding> {
  const { setting, what, hint } = slugged;
  const unknown = await unknownSlugs(ask, slugged, wanted);
  if ('level' in unknown) return unknown;
  if (unknown.length === 0) return { level: 'ok', detail: `NetBox has the ${plural(what, wanted)} ${quoted(wanted)}` };
  const detail = `NetBox has no ${what} with the slug ${quoted(unknown)} of ${setting}`;
  return { level: 'fail', detail, hint };
}

const ROLES: Slugged = {
  ...{ setting: 'NETBOX_DEVICE_ROLES', what: 'device role', path: 'dcim/device-roles/', right: 'dcim | device role' },
  hint: 'NetBox refuses to list devices by a role that it does not have: make it there, or name others',
};

const TAGS: Slugged = {
  ...{ setting: 'NETBOX_TAGS', what: 'tag', path: 'extras/tags/', right: 'extras | tag' },
  hint: 'make it in NetBox, or name others',
};

/** Whether the roles of the settings are there, and may be read: those below them are looked up too. */
export async function checkRoles(ask: AskNetbox, wanted: readonly string[]): Promise<Finding[]> {
  if (wanted.length === 0) return [{ level: 'ok', detail: 'devices of every role are in scope' }];
  return [await checkSlugs(ask, ROLES, wanted)];
}

/** Whether the tags of the settings are there; nothing where none are named. */
export async function checkTags(ask: AskNetbox, wanted: readonly string[]): Promise<Finding[]> {
  return wanted.length === 0 ? [] : [await checkSlugs(ask, TAGS, wanted)];
}

/** Whether devices have the custom fields of the settings; nothing where none are named. */
export async function checkCustomFields(ask: AskNetbox, wanted: readonly string[]): Promise<Finding[]> {
  if (wanted.length === 0) return [];
  const answer = await ask(`extras/custom-fields/?limit=${MOST}${filter('name', wanted)}`);
  if (answer.kind === 'failed') return [answer.finding];
  const page = fieldsSchema.safeParse(answer.kind === 'answer' ? answer.json : undefined);
  // Devices show their custom fields to whoever may read devices.
  if (!page.success) return [{ level: 'ok', detail: 'whether NETBOX_CUSTOM_FIELDS exist, the token may not ask' }];
  const ofDevices = page.data.results.filter(
    ({ object_types, content_types }) => (object_types ?? content_types)?.includes('dcim.device') ?? true,
  );
  const unknown = wanted.filter((name) => !ofDevices.some((field) => field.name === name));
  if (unknown.length === 0)
    return [{ level: 'ok', detail: `devices have the custom ${plural('field', wanted)} ${quoted(wanted)}` }];
  const detail = `devices have no custom field ${quoted(unknown)} of NETBOX_CUSTOM_FIELDS`;
  return [{ level: 'warn', detail, hint: 'routers go without it: make it in NetBox, or name others' }];
}
