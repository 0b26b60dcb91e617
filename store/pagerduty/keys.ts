import { createHash } from 'node:crypto';

/** How alerts and their workflows are called. */

/** The most that PagerDuty takes of a dedup key, in characters (Events API v2 reference). */
export const LONGEST_DEDUP_KEY = 255;
/** Temporal's ids have at most 1,000 bytes. */
const LONGEST_WORKFLOW_ID = 900;

const lengthOf = (text: string): number => Array.from(text).length;
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A dedup key that PagerDuty takes: one that is too long is known by its hash. */
const bounded = (prefix: string, name: string): string =>
  lengthOf(prefix + name) <= LONGEST_DEDUP_KEY ? prefix + name : `${prefix}sha256-${hashOf(name)}`;

const EVENT = 'netbox-event-';
const INCIDENT = 'netbox-incident-';

/** The dedup key of an event that pages alone (the seed document: `netbox-event-{event.dedup_id}`). */
export const eventDedupKey = (dedup_id: string): string => bounded(EVENT, dedup_id);

/** The dedup key of an incident (the seed document: `netbox-incident-{incident.id}`). */
export const incidentDedupKey = (id: number): string => `${INCIDENT}${id}`;

/** A dedup key for somebody who gave none, as PagerDuty makes one for a trigger without it. */
export const madeDedupKey = (id: string): string => `netbox-custom-${id}`;

/** A dedup key that somebody gave. */
export const givenDedupKey = (dedup_key: string): string => bounded('', dedup_key);

/** The workflow of an alert: `event-<dedup_id>`, `incident-<id>`, or `alert-<dedup_key>` where it is about no record. */
export function alertWorkflowId(dedup_key: string): string {
  const isOurs = dedup_key.startsWith(EVENT) || dedup_key.startsWith(INCIDENT);
  const id = isOurs ? dedup_key.slice('netbox-'.length) : `alert-${dedup_key}`;
  return Buffer.byteLength(id) <= LONGEST_WORKFLOW_ID ? id : `alert-sha256-${hashOf(dedup_key)}`;
}
