import type { Action, Phase } from './facts';
import { rankOf, type Severity } from './severity';

/** The state of an alert's life, and what its queue comes to. */

/** Something to be sent. They go out one at a time, in order. */
export interface Queued {
  readonly n: number;
  readonly action: Action;
  readonly severity: Severity;
  /** Whether it opens an alert at PagerDuty, or adds to one. */
  readonly first: boolean;
  /** When what it tells of happened (ISO 8601). */
  readonly at: string;
  /** Sent since a person wants it: no switch binds it, and nothing takes it back. */
  readonly asked: boolean;
  readonly job?: string;
  /** The timeline entry that has what is sent, where no record has it. */
  readonly content?: number;
  /** Set where its words are the event's, although an incident carries it. */
  readonly about?: 'event';
  /** Not to be sent before (ISO 8601): hold-down or quiet period. Until then it can be taken back. */
  readonly held_until?: string;
  /** Held back by circumstances: maintenance, or a missing key. Meanwhile it can be taken back. */
  readonly parked?: true;
  /** Whether an attempt was made: PagerDuty may know it. */
  readonly tried: boolean;
  /** Whether one was made again: PagerDuty may have taken it although its last word was no. */
  readonly doubtful?: true;
}

export interface AlertState {
  /** The newest fact that was heard. */
  readonly heard: number;
  readonly next_n: number;
  /** What PagerDuty has taken, or people made of it there. */
  readonly told: Phase;
  /** Of the open alert. */
  readonly severity: Severity | null;
  /** Whether the source says that there is a problem. */
  readonly firing: boolean;
  /** People resolved it while the source fires: that is respected until the source clears. */
  readonly respected: boolean;
  readonly queue: readonly Queued[];
  /** PagerDuty refused the head of the queue for good. */
  readonly dead: boolean;
  /** Attempts of the head that failed one after the other, and when the next one is made (ISO 8601). */
  readonly failures: number;
  /** When the answer to its latest trigger was kept, or people showed that it was taken (ISO 8601). */
  readonly answered_at?: string;
  readonly retry_at: string | null;
}

export const NEW_ALERT: AlertState = {
  ...{ heard: 0, next_n: 1, told: 'nothing', severity: null, firing: false, respected: false, queue: [] },
  ...{ dead: false, failures: 0, retry_at: null },
};

export const isOpen = (phase: Phase): boolean => phase === 'triggered' || phase === 'acknowledged';

/** What an alert is once PagerDuty has taken an action. */
export function after(
  { told, severity }: Pick<AlertState, 'told' | 'severity'>,
  sent: Queued,
): Pick<AlertState, 'told' | 'severity'> {
  if (sent.action === 'resolve') return { told: 'resolved', severity: null };
  // Acknowledging what is not open is dropped by PagerDuty.
  if (sent.action === 'acknowledge') return { told: isOpen(told) ? 'acknowledged' : told, severity };
  // A trigger does not take an acknowledgement back (PagerDuty: it adds to the open alert).
  const worse = isOpen(told) && rankOf(severity) > rankOf(sent.severity) ? severity : sent.severity;
  return { told: isOpen(told) ? told : 'triggered', severity: worse };
}

/** What an alert will be once all that waits is taken. */
export const expected = (state: AlertState): Pick<AlertState, 'told' | 'severity'> =>
  state.queue.reduce<Pick<AlertState, 'told' | 'severity'>>(after, { told: state.told, severity: state.severity });
