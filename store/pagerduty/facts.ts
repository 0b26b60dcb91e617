import type { Severity } from './severity';

/** What alerts are about: facts come in, in order; actions go out to PagerDuty. */

/** What a trigger says that is about no record (the seed document's `trigger-custom`). */
export interface Content {
  readonly summary: string;
  readonly source: string;
  readonly component: string;
  readonly group: string;
  readonly class: string;
  readonly custom_details?: Readonly<Record<string, unknown>>;
}

/** What PagerDuty can be told (Events API v2, `event_action`). */
export type Action = 'trigger' | 'acknowledge' | 'resolve';

/** What became of an alert. */
export type Phase = 'nothing' | 'triggered' | 'acknowledged' | 'resolved';

/** What people can do to an incident in PagerDuty (Webhooks V3, `incident.*`). */
export type Did = 'acknowledged' | 'unacknowledged' | 'resolved' | 'reopened';

/** Which switch of the settings binds what follows from a fact by itself. */
export type Cause = 'event' | 'incident-created' | 'incident-changed';

/** When we learnt of something, and when it happened if that is known to be another time (ISO 8601). */
interface Times {
  readonly at: string;
  readonly happened?: string;
}

/** Something that an alert has to hear of. */
export type Fact = Times &
  (
    | { readonly fact: 'fired'; readonly severity: Severity; readonly cause: Cause }
    | { readonly fact: 'acknowledged'; readonly cause: Cause }
    | { readonly fact: 'cleared'; readonly cause: Cause }
    /** A person wants this to be sent. */
    | {
        readonly fact: 'asked';
        readonly action: Action;
        readonly severity: Severity;
        readonly job?: string;
        /** What to send, where no record has it. */
        readonly content?: Content;
        /** Set where the words are to be the event's, although an incident carries it. */
        readonly about?: 'event';
      }
    /** People did this in PagerDuty. `over`: whether the record is over with it. */
    | { readonly fact: 'said'; readonly did: Did; readonly over: boolean }
    /** A dead letter is to be sent again. */
    | { readonly fact: 'replay'; readonly n: number; readonly job?: string }
    /** What sending depends on may have changed: maintenance, keys. */
    | { readonly fact: 'look' }
  );

/** What a fact makes an alert want to be; nothing where it changes no wish. */
export function wishOf(fact: Fact): Phase | undefined {
  switch (fact.fact) {
    case 'fired':
      return 'triggered';
    case 'acknowledged':
      return 'acknowledged';
    case 'cleared':
      return 'resolved';
    case 'asked':
      return ({ trigger: 'triggered', acknowledge: 'acknowledged', resolve: 'resolved' } as const)[fact.action];
    case 'said':
      return fact.did === 'unacknowledged' || fact.did === 'reopened' ? 'triggered' : fact.did;
    default:
      return undefined;
  }
}

/** The facts of one kind. */
export type FactOf<F extends Fact['fact']> = Extract<Fact, { readonly fact: F }>;

/** When what a fact tells of happened. */
export const happened = (fact: Fact): string => fact.happened ?? fact.at;
