import { Secret } from '../../../config/secret';
import type { IxApi } from '../../../store/ixapi/object/objects';
import type { Access, ProbeAnswer } from '../../../store/ixapi/object/probes';
import type { Values } from '../../../store/records';
import { invalidRequest } from '../../problem';
import { tryAccess } from '../../temporal/ixapi';
import type { IxapiDeps } from './deps';

/** What an exchange answered to a key. */
export type Accepted = Extract<ProbeAnswer, { readonly ok: true }>;

/** Identities that a refusal names. */
const MOST_NAMED = 20;

/** What a record is to reach its exchange with: what was given, and what is there where that leaves something out. */
export function accessOf(values: Values, current: IxApi | undefined): Access {
  const { api_url = current?.api_url, api_key = current?.api_key, api_secret } = values;
  const access = { api_url: String(api_url), api_key: String(api_key) };
  if (api_secret instanceof Secret) return { ...access, api_secret: api_secret.reveal() };
  if (current === undefined) throw invalidRequest({ api_secret: ['is required'] });
  // Else whoever may write could have the secret sent to a place of theirs.
  if (new URL(access.api_url).origin !== new URL(current.api_url).origin)
    throw invalidRequest({ api_secret: ['is required, since the api_url is on another server'] });
  return { ...access, api_secret: { secretId: current.api_secret } };
}

/** Tries it. Throws a 400 that names the field which the exchange, or the way to it, does not agree with. */
export async function accepted(deps: IxapiDeps, access: Access, now: Date): Promise<Accepted> {
  const answer = await tryAccess(deps, access, now);
  if (!answer.ok) throw invalidRequest({ [answer.field]: [answer.reason] });
  return answer;
}

function named({ identities }: Accepted): string {
  const names = identities.slice(0, MOST_NAMED).map(({ id, name }) => (name === null ? id : `${id} (${name})`));
  const left = identities.length - names.length;
  return `${names.join(', ')}${left > 0 ? `, and ${left} more` : ''}`;
}

/** The account that is ours: the one asked for, or the only one there is. Throws a 400 that says which there are. */
export function identityOf(answer: Accepted, wanted: unknown): string {
  const [only, ...others] = answer.identities;
  if (only === undefined) throw invalidRequest({ api_key: ['the exchange shows no account that is ours with it'] });
  if (wanted === undefined && others.length === 0) return only.id;
  const found = answer.identities.find(({ id }) => id === wanted);
  if (found === undefined) throw invalidRequest({ identity: [`expected one of ${named(answer)}`] });
  return found.id;
}
