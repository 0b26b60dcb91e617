import fc from 'fast-check';
import { isOpen, NEW_ALERT, type AlertState, type Queued } from '../../store/pagerduty/alert-state';
import type { Action, Did, Fact, Phase } from '../../store/pagerduty/facts';
import { hear, type AlertPolicy } from '../../store/pagerduty/hear';
import { died, failed, next, took, trying } from '../../store/pagerduty/lifecycle';
import { effectOf } from '../../store/pagerduty/said-effect';
import { SEVERITIES, type Severity } from '../../store/pagerduty/severity';
import { isOver } from '../../store/incidents/statuses';

/** PagerDuty as its documentation has it: one alert of one key. */
class Pagerduty {
  phase: Phase = 'nothing';
  readonly taken: Action[] = [];
  opened = 0;

  take(action: Action): void {
    this.taken.push(action);
    if (action === 'trigger' && !isOpen(this.phase)) {
      this.phase = 'triggered';
      this.opened += 1;
    } else if (action === 'acknowledge' && isOpen(this.phase)) this.phase = 'acknowledged';
    else if (action === 'resolve' && isOpen(this.phase)) this.phase = 'resolved';
  }

  /** People can only do what its state allows; whether they did it. */
  lets(did: Did): boolean {
    const { phase } = this;
    const can = {
      acknowledged: phase === 'triggered',
      unacknowledged: phase === 'acknowledged',
      resolved: isOpen(phase),
      reopened: phase === 'resolved',
    }[did];
    if (can) this.phase = did === 'unacknowledged' || did === 'reopened' ? 'triggered' : did;
    return can;
  }
}

/** What becomes of an attempt; of a lost one PagerDuty took it and its answer did not come. */
export type How = 'taken' | 'lost' | 'failed' | 'refused';

/** Something that happens. */
export type Step =
  | {
      readonly does: 'source';
      readonly what: 'fires' | 'clears' | 'rises' | 'acknowledges';
      readonly severity: Severity;
    }
  | { readonly does: 'asks'; readonly action: Action; readonly severity: Severity }
  | { readonly does: 'people'; readonly did: Did }
  | { readonly does: 'attempt'; readonly how: How }
  | { readonly does: 'replays' }
  | { readonly does: 'waits'; readonly seconds: number };

/** Any severity. */
export const anySeverity = fc.constantFrom(...SEVERITIES);

/** Anything that can happen. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('source' as const),
      what: fc.constantFrom('fires' as const, 'clears' as const, 'rises' as const, 'acknowledges' as const),
      severity: anySeverity,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('attempt' as const),
      how: fc.constantFrom<How>('taken', 'taken', 'lost', 'failed', 'refused'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('people' as const),
      did: fc.constantFrom<Did>('acknowledged', 'unacknowledged', 'resolved', 'reopened'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('asks' as const),
      action: fc.constantFrom<Action>('trigger', 'acknowledge', 'resolve'),
      severity: anySeverity,
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ does: 'replays' }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('waits' as const), seconds: fc.integer({ min: 1, max: 90 }) }),
  },
);

/** An alert, its source, and PagerDuty, with attempts that fail in every way. */
export class World {
  state: AlertState = NEW_ALERT;
  readonly pagerduty = new Pagerduty();
  readonly sent: Queued[] = [];
  /** Whether a trigger failed in a way that leaves open whether PagerDuty took it. */
  mayBeOpen = false;
  #now = Date.parse('2026-01-01T00:00:00Z');
  #entry = 0;
  #firing = false;

  /** What feeds the alert: an event is over when its source says so, an incident also when people resolve it there. */
  constructor(
    readonly policy: AlertPolicy,
    readonly feeder: 'event' | 'incident' = 'event',
  ) {}

  /** Whether the record that feeds the alert says that there is a problem. */
  get firing(): boolean {
    return this.#firing;
  }

  set firing(isFiring: boolean) {
    this.#firing = isFiring;
  }

  get now(): Date {
    return new Date(this.#now);
  }

  wait(seconds: number): void {
    this.#now += seconds * 1000;
  }

  hear(fact: Fact): void {
    this.#entry += 1;
    this.state = { ...hear(this.state, fact, this.policy, this.#entry).state, heard: this.#entry };
  }

  /** What is written by whoever tells an alert: transitions only, as `events.ts` and `incidents.ts` do. */
  source(what: 'fires' | 'clears' | 'rises' | 'acknowledges', level: Severity): void {
    const at = this.now.toISOString();
    if (what === 'clears' && this.#firing) this.hear({ fact: 'cleared', cause: 'event', at });
    if ((what === 'fires' && !this.#firing) || (what === 'rises' && this.#firing))
      this.hear({ fact: 'fired', cause: 'event', severity: level, at });
    if (what === 'acknowledges' && this.#firing) this.hear({ fact: 'acknowledged', cause: 'event', at });
    if (what === 'fires') this.#firing = true;
    if (what === 'clears') this.#firing = false;
  }

  /** People do something there, and we hear of it at once. */
  people(did: Did): void {
    if (!this.pagerduty.lets(did)) return;
    // A repetition that is on its way may open it again.
    const [head] = this.state.queue;
    if (head?.action === 'trigger' && (did === 'resolved' || head.doubtful === true)) this.mayBeOpen = true;
    const status = this.feeder === 'event' ? undefined : this.#firing ? 'new' : 'resolved';
    const effect = effectOf(this.state, did, status);
    if ('unchanged' in effect && this.feeder === 'incident') return;
    const { becomes, over } = 'unchanged' in effect ? { becomes: undefined, over: false } : effect;
    if (becomes !== undefined) this.#firing = !isOver(becomes);
    this.hear({ fact: 'said', did, over, at: this.now.toISOString() });
  }

  attempt(how: How): void {
    const step = next(this.state, this.now);
    if (step.do !== 'send') return;
    this.sent.push(step.send);
    this.sending(step.send, how);
    if (how === 'refused') this.state = died(this.state);
    else if (how !== 'taken') this.state = failed(this.state, new Date(this.#now + 1_000).toISOString());
  }

  /** The head is sent, and what PagerDuty makes of it. */
  protected sending({ action }: Queued, how: How): void {
    this.state = trying(this.state);
    if (how === 'taken' || how === 'lost') this.pagerduty.take(action);
    if (action === 'trigger' && how === 'failed') this.mayBeOpen = true;
    if (action === 'resolve' && how === 'taken') this.mayBeOpen = false;
    if (how === 'taken') this.state = took(this.state);
  }

  replay(): void {
    const [head] = this.state.queue;
    if (head && this.state.dead) this.hear({ fact: 'replay', n: head.n, at: this.now.toISOString() });
  }

  do(one: Step): void {
    if (one.does === 'source') this.source(one.what, one.severity);
    else if (one.does === 'asks')
      this.hear({ fact: 'asked', action: one.action, severity: one.severity, at: this.now.toISOString() });
    else if (one.does === 'people') this.people(one.did);
    else if (one.does === 'attempt') this.attempt(one.how);
    else if (one.does === 'replays') this.replay();
    else this.wait(one.seconds);
  }

  /** PagerDuty takes everything from now on. */
  heal(): void {
    for (let turns = 0; this.state.queue.length > 0; turns++) {
      if (turns > 100) throw new Error('the queue does not become empty');
      this.replay();
      this.wait(100);
      this.attempt('taken');
    }
  }
}
