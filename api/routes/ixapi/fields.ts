import { z } from 'zod';
import { Secret } from '../../../config/secret';
import { name, text } from '../../http/schemas';

/** Whether it is a web address that names nobody and nothing of a page; what it leads to is tried by a worker. */
function isPlain(value: string): boolean {
  if (!/^https?:\/\/[\x21-\x7e]+$/i.test(value) || !URL.canParse(value)) return false;
  const { username, password, search, hash } = new URL(value);
  return [username, password, search, hash].every((part) => part === '') && !/[?#]/.test(value);
}

/** The address of an IX-API. */
export const apiUrl = text(500)
  .refine(isPlain, 'expected the address of an IX-API, such as https://api.example.net/api/v2, without a user or query')
  .meta({ format: 'uri' });

/** What names the key at the exchange; it is shown. */
export const apiKey = name(256);

/** What belongs to the key. It is shown nowhere, from here on. */
export const apiSecret = name(1000)
  .transform((value) => new Secret(value))
  .meta({ type: 'string', writeOnly: true, description: 'never answered; without it the one there is stays' });

/** The id of the account that is ours. */
export const identity = name(256);

/** An account that may be ours. */
export const identitySchema = z
  .looseObject({
    id: z.string(),
    name: z.string().nullable(),
    managing_account: z.string().nullable(),
    how: z.string(),
  })
  .meta({ id: 'IxApiIdentity' });
