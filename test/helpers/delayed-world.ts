import fc from 'fast-check';
import type { Queued } from '../../store/pagerduty/alert-state';
import type { Did } from '../../store/pagerduty/facts';
import type { AlertPolicy } from '../../store/pagerduty/hear';
import { took, trying } from '../../store/pagerduty/lifecycle';
import { effectOf } from '../../store/pagerduty/said-effect';
import { isOver } from '../../store/incidents/statuses';
import { anyStep, World, type How, type Step } from './alert-world';

/** Something that happens; webhooks are heard of one after the other, some time after what they tell of. */
export type DelayedStep = Exclude<Step, { readonly does: 'asks' }> | { readonly does: 'hears' };

/** Anything that can happen but for what people here ask for, which changes PagerDuty and not the incident. */
export const anyDelayedStep: fc.Arbitrary<DelayedStep> = fc.oneof(
  {
    weight: 4,
    arbitrary: anyStep.filter((step): step is Exclude<Step, { readonly does: 'asks' }> => step.does !== 'asks'),
  },
  { weight: 1, arbitrary: fc.constant<DelayedStep>({ does: 'hears' }) },
);

/** An incident, its alert, and a PagerDuty whose webhooks come late, also those about what we sent. */
export class DelayedWorld extends World {
  readonly #webhooks: { readonly did: Did; readonly at: Date }[] = [];
  #triggered: Date | undefined;

  constructor(policy: AlertPolicy) {
    super(policy, 'incident');
  }

  #tell(did: Did): void {
    this.#webhooks.push({ did, at: this.now });
  }

  override people(did: Did): void {
    if (this.pagerduty.lets(did)) this.#tell(did);
  }

  /** The oldest webhook arrives, as `said.ts` takes it. */
  hears(): void {
    const webhook = this.#webhooks.shift();
    if (webhook === undefined || this.#triggered === undefined || webhook.at < this.#triggered) return;
    const { did, at } = webhook;
    const effect = effectOf(this.state, did, this.firing ? 'new' : 'resolved');
    if ('unchanged' in effect) return;
    if (effect.becomes !== undefined) this.firing = !isOver(effect.becomes);
    const { over } = effect;
    this.hear({ fact: 'said', did, over, at: this.now.toISOString(), happened: at.toISOString() });
  }

  protected override sending(head: Queued, how: How): void {
    if (head.first && !head.tried && head.doubtful !== true) this.#triggered = this.now;
    this.state = trying(this.state);
    this.wait(1);
    const before = this.pagerduty.phase;
    if (how === 'taken' || how === 'lost') this.pagerduty.take(head.action);
    const { phase } = this.pagerduty;
    if (phase !== before && (phase === 'acknowledged' || phase === 'resolved')) this.#tell(phase);
    this.wait(1);
    if (how === 'taken') this.state = took(this.state);
    if (how === 'taken' && head.action === 'trigger')
      this.state = { ...this.state, answered_at: this.now.toISOString() };
  }

  step(one: DelayedStep): void {
    this.wait(1);
    if (one.does === 'hears') this.hears();
    else this.do(one);
  }

  /** PagerDuty takes everything from now on, and all its webhooks come. */
  override heal(): void {
    for (let turns = 0; this.#webhooks.length > 0 || this.state.queue.length > 0; turns++) {
      if (turns > 200) throw new Error('the queue does not become empty');
      this.wait(1);
      this.hears();
      this.replay();
      this.wait(100);
      this.attempt('taken');
    }
  }
}
