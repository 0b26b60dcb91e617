import { lookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { checkAddress, isPublic } from '../../../activities/ixapi/http/guard';
import type { IxapiStanding } from '../../../store/ixapi/standing';
import { parseAnswer } from '../answers';
import { CliError, EXIT } from '../exit';
import { NoAnswerError, type ApiClient } from '../http';
import { IX_APIS } from '../named-record';
import { found, inWords, type Finding } from './check';

const LOOKUP_MS = 3_000;

const accountsSchema = z.looseObject({ version: z.string(), identities: z.array(z.looseObject({ id: z.string() })) });

/** Whether an address leads to this network rather than to the public one; undefined: its name is not known here. */
export async function isPrivate(api_url: string): Promise<boolean | undefined> {
  if (checkAddress(api_url, false) !== undefined) return true;
  const { hostname } = new URL(api_url);
  const known = lookup(hostname.replace(/^\[(.*)\]$/, '$1'), { all: true }).catch(() => []);
  const late = sleep(LOOKUP_MS, [], { ref: false });
  const addresses = await Promise.race([known, late]);
  return addresses.length === 0 ? undefined : addresses.some(({ address }) => !isPublic(address));
}

/** Lets the product try an object at its exchange, as it does when one is made. Nothing is kept of that. */
export async function tryObject(client: ApiClient, { id, api_url, identity }: IxapiStanding): Promise<Finding> {
  try {
    const answer = parseAnswer(
      accountsSchema,
      await client.post(`${IX_APIS.path}accounts/`, { ix_api: id }),
      'accounts',
    );
    const place = `${api_url} is IX-API ${answer.version}`;
    if (answer.identities.some((account) => account.id === identity))
      return found('ok', `${place}, and takes the key; ${identity} is ours`);
    const ours = answer.identities.map((account) => account.id).join(', ') || 'none';
    return found(
      'fail',
      `${place}, and does not show ${identity} as ours any more, but ${ours}`,
      `give it another identity: PATCH ${IX_APIS.path}${id}/`,
    );
  } catch (error) {
    if (error instanceof CliError && error.exitCode === EXIT.invalid)
      return found('fail', error.message, `give it what has changed: PATCH ${IX_APIS.path}${id}/`);
    const why = error instanceof NoAnswerError ? 'the product did not come to an end with it in time' : inWords(error);
    return found('warn', `${api_url} could not be tried: ${why}`);
  }
}
