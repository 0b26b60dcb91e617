import { CancellationScope, condition, setHandler, sleep, upsertSearchAttributes } from '@temporalio/workflow';
import { confirmSignal, progressQuery, stateIs, type JobProgress } from './job';

interface Wait {
  readonly reason: string;
  /** Milliseconds since 1970; undefined: for a person. */
  readonly until: number | undefined;
}

/** Keeps what a job's workflow answers while it runs: how far it is, and what it waits for. */
export class Tracker {
  #phase = 'starting';
  #done = 0;
  #confirmed = false;
  #confirmable = false;
  readonly #waits = new Set<Wait>();

  constructor(private readonly total: number) {
    setHandler(progressQuery, () => this.#progress());
    setHandler(confirmSignal, () => {
      this.#confirmed = this.#confirmable;
    });
  }

  /** Enters a phase, which Temporal's UI shows as well. */
  enter(phase: string): void {
    this.#phase = phase;
    upsertSearchAttributes([stateIs(phase)]);
  }

  /** One more step is done. */
  step(): void {
    this.#done++;
  }

  /** Waits, and says for what; until something holds, where it is told what. Cancelling ends it. */
  async wait(seconds: number, reason: string, holds?: () => boolean): Promise<void> {
    const wait = { reason, until: Date.now() + seconds * 1000 };
    this.#waits.add(wait);
    try {
      if (holds === undefined) await sleep(seconds * 1000);
      else await condition(holds, seconds * 1000);
    } finally {
      this.#waits.delete(wait);
    }
  }

  /** Waits for a person to confirm; false when nobody did in time. */
  async confirmation(seconds: number, reason: string): Promise<boolean> {
    const wait = { reason, until: Date.now() + seconds * 1000 };
    this.#waits.add(wait);
    this.#confirmed = false;
    this.#confirmable = true;
    try {
      return await condition(() => this.#confirmed, seconds * 1000);
    } finally {
      this.#confirmable = false;
      this.#waits.delete(wait);
    }
  }

  #progress(): JobProgress {
    const progress = { phase: this.#phase, done: this.#done, total: this.total };
    const next = [...this.#waits].sort((a, b) => (a.until ?? Infinity) - (b.until ?? Infinity))[0];
    if (next === undefined) return progress;
    return {
      ...progress,
      reason: next.reason,
      ...(next.until === undefined ? {} : { waiting_until: new Date(next.until).toISOString() }),
      ...(this.#confirmable ? { confirmable: true } : {}),
    };
  }
}

/** Runs what has to happen also when the workflow is being cancelled. */
export const regardless = <T>(work: () => Promise<T>): Promise<T> => CancellationScope.nonCancellable(work);
