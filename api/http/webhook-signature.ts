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

/** The hexadecimal digits of an HMAC-SHA256. */
const DIGEST = /^[0-9a-f]{64}$/;

/**
 * Whether PagerDuty signed these bytes with one of our secrets: `X-PagerDuty-Signature` has a `v1=` with the HMAC-SHA256 of
 * the raw body, in hex, for each of its secrets, of which there are two while one replaces the other; other versions are
 * to be ignored (PagerDuty docs, Webhooks, "Verifying signatures").
 */
export function isSignedByPagerduty(raw: Buffer, signatures: string, secrets: readonly Secret[]): boolean {
  const given = signatures
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part.startsWith('v1='))
    .map((part) => part.slice('v1='.length))
    .filter((digest) => DIGEST.test(digest))
    .map((digest) => Buffer.from(digest, 'hex'));
  // Every pair is compared, so that the time says nothing about which one fits.
  return secrets
    .map((secret) => createHmac('sha256', secret.reveal()).update(raw).digest())
    .flatMap((expected) => given.map((digest) => timingSafeEqual(expected, digest)))
    .some((equal) => equal);
}
