import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fakes/pagerduty/faults';
import type { Rng } from '../fakes/peeringdb/rng';
import { ADMIN } from './api';
import type { IncidentRig } from './incident-rig';

/** What sources, people here and people in PagerDuty do at random. */

const BUSINESS = '/api/plugins/business-application/';
const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
/** Problems that sources know of. */
const PROBLEMS = 6;

/** What is known of the world that a run changes. */
export interface IncidentWorld {
  /** Incidents that were made by people. */
  readonly incidents: number[];
  /** So that problems of one run are not those of another. */
  readonly name: string;
}

/** Asks the product until it takes it: sources try again. What it refuses is a fault of ours. */
async function insist(rig: IncidentRig, method: string, path: string, body: object): Promise<{ id?: number }> {
  for (const deadline = Date.now() + 60_000; ;) {
    const response = await fetch(`${rig.url}${BUSINESS}${path}`, {
      ...{ method, body: JSON.stringify(body), signal: AbortSignal.timeout(10_000) },
      headers: { authorization: `Token ${ADMIN}`, 'content-type': 'application/json' },
    }).catch(() => undefined);
    if (response?.ok) return (await response.json()) as { id?: number };
    if (response !== undefined && response.status < 500)
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    if (Date.now() > deadline) throw new Error(`${method} ${path}: ${response?.status ?? 'no answer'} for too long`);
    await sleep(200);
  }
}

const report = (rig: IncidentRig, { name }: IncidentWorld, rng: Rng, status: string): Promise<unknown> =>
  insist(rig, 'POST', 'alerts/generic/', {
    ...{ source: 'probe', message: 'down', status, severity: rng.pick(SEVERITIES) },
    dedup_id: `${name}-${rng.int(PROBLEMS)}`,
  });

async function person(rig: IncidentRig, { incidents, name }: IncidentWorld, rng: Rng): Promise<void> {
  if (incidents.length < 3) {
    const values = { title: `${name} ${incidents.length}`, severity: rng.pick(SEVERITIES) };
    const { id } = await insist(rig, 'POST', 'incidents/', values);
    incidents.push(id!);
    return;
  }
  const values = rng.chance(0.2)
    ? { severity: rng.pick(SEVERITIES) }
    : { status: rng.pick(['acknowledged', 'acknowledged', 'investigating', 'resolved', 'closed', 'new']) };
  await insist(rig, 'PATCH', `incidents/${rng.pick(incidents)}/`, values);
}

/** Somebody does something to an incident that is open in PagerDuty. */
async function responder({ fake }: IncidentRig, rng: Rng): Promise<void> {
  const open = (await fake.state.incidents()).filter(({ status }) => status !== 'resolved');
  if (open.length === 0) return;
  const { id, status } = rng.pick(open);
  const what = rng.chance(0.4) ? 'resolve' : status === 'triggered' ? 'acknowledge' : 'unacknowledge';
  // It may have changed since it was looked at.
  await fake.people[what](id, 'a responder').catch(() => undefined);
}

/** Something happens, so many times. */
export async function changeIncidents(rig: IncidentRig, world: IncidentWorld, rng: Rng, count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) {
    const what = rng.next();
    if (what < 0.35) await report(rig, world, rng, 'triggered');
    else if (what < 0.55) await report(rig, world, rng, 'ok');
    else if (what < 0.8) await person(rig, world, rng);
    else await responder(rig, rng);
    await sleep(rng.int(300));
  }
}

const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 503 },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 408 },
  { kind: 'status', status: 429, retryAfter: 2 },
  { kind: 'lose-answer' },
  { kind: 'reset' },
  { kind: 'delay', milliseconds: 2_000 },
  { kind: 'delay-answer', milliseconds: 2_000 },
  { kind: 'truncated' },
  { kind: 'not-json' },
  { kind: 'hang', processed: true },
  { kind: 'hang' },
];

/** What goes wrong between PagerDuty and us besides. */
export async function disturbPagerduty({ fake }: IncidentRig, rng: Rng): Promise<void> {
  for (const fault of FAULTS)
    if (rng.chance(0.25)) await fake.faults.add({ path: '/v2/enqueue', nth: 1 + rng.int(6) }, fault);
  if (rng.chance(0.2)) await fake.faults.outage(rng.pick(['refuse', 'reset']));
  if (rng.chance(0.3)) await fake.webhooks.duplicateNext(1 + rng.int(3));
  if (rng.chance(0.2)) await fake.webhooks.hold();
}
