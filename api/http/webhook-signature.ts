import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../config/secret';

/**
 * Whether NetBox signed these bytes with one of our secrets: `X-Hook-Signature` is the HMAC-SHA512 of the raw body, in hex
 * (NetBox 3.5 to 4.7, `extras/webhooks.py`; verified on requests of 4.6).
 */
export function isSignedByNetbox(raw: Buffer, signature: string | undefined, secrets: readonly Secret[]): boolean {
  const given = Buffer.from((signature ?? '').trim().toLowerCase());
  // Every secret is tried, so that the time says nothing about which one fits.
  return secrets
    .map((secret) => Buffer.from(createHmac('sha512', secret.reveal()).update(raw).digest('hex')))
    .map((expected) => expected.length === given.length && timingSafeEqual(expected, given))
    .some((equal) => equal);
}
