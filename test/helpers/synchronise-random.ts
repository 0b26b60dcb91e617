import { AppError } from '../../activities/shared/failure';
import { OBJECT_TAGS } from '../../store/peeringdb/objects';
import { SYNC_FAILURES } from '../../workflows/peeringdb/messages';
import { FAKE_API_KEY } from '../fakes/peeringdb/server';
import { synchroniseDirectly } from './synchronise-directly';
import { contradictions, differences } from './synchronise-equality';
import { createSite, type ClientOptions, type Site } from './synchronise-site';
import { change, type Setting, type Step } from './synchronise-steps';

/** What happened in all sequences, so that a test can see that they were no idle ones. */
export interface Happened {
  completed: number;
  failed: number;
  /** Synchronisations on the way after which the cache had to equal upstream. */
  compared: number;
}

/** Whether the cache has to equal upstream as soon as it was synchronised: unless there is what nobody told it. */
interface Knowledge {
  /** Something changed, or was left out of an answer, that only a whole list tells. */
  untold: boolean;
  /** Whether the lists are newer than that. */
  listed: boolean;
}

const withheld = ({ fake }: Site): number =>
  fake.faults.rules.reduce((sum, { fault, hits }) => sum + (fault.kind === 'missing-rows' ? hits : 0), 0);

type SyncStep = Step & { step: 'synchronise' };

/** Plays a sequence, then a quiet full synchronisation; what was wrong on the way or is at the end. */
export async function play(setting: Setting, steps: readonly Step[], happened: Happened): Promise<string[]> {
  const { seed, identity, guard, repeatIntervalMs } = setting;
  const site = await createSite({ seed, scale: 0.0005 });
  const { fake } = site;
  const options: ClientOptions = { guard, repeatIntervalMs, ...(identity === 'key' ? { key: FAKE_API_KEY } : {}) };
  const activities = site.activities(options);
  const onWait = (seconds: number): void => fake.clock.advance(seconds * 1000);
  const knowledge: Knowledge = { untold: false, listed: true };

  async function synchronise({ mode, confirm }: SyncStep): Promise<string[]> {
    const before = withheld(site);
    let result;
    try {
      result = await synchroniseDirectly(activities, mode, { confirm, onWait });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      happened.failed++;
    }
    if (withheld(site) > before) knowledge.untold = true;
    else if (result && result.mode !== 'incremental' && knowledge.listed && repeatIntervalMs === 0)
      knowledge.untold &&= !(confirm || guard === 1);
    if (result === undefined) return contradictions(site.knex);
    happened.completed++;
    if (knowledge.untold) return contradictions(site.knex);
    happened.compared++;
    return differences(site, identity);
  }

  async function quietly(): Promise<string[]> {
    fake.faults.clear();
    fake.clock.advance(2 * 3_600_000);
    fake.state.refreshListFiles();
    try {
      await synchroniseDirectly(activities, 'full', { confirm: true, onWait });
    } catch (error) {
      // Where upstream has lost its last row of a type without a trace, nobody can tell that from an empty answer.
      const emptied = OBJECT_TAGS.some((tag) => fake.state.liveRows(tag, identity).length === 0);
      if (emptied && error instanceof AppError && error.code === SYNC_FAILURES.emptyList) return [];
      throw error;
    }
    return differences(site, identity);
  }

  try {
    for (const step of steps) {
      if (step.step === 'change') {
        if (!change(fake, step)) Object.assign(knowledge, { untold: true, listed: false });
      } else if (step.step === 'refresh') {
        fake.state.refreshListFiles(step.tags);
        if (step.tags.length === OBJECT_TAGS.length) knowledge.listed = true;
      } else if (step.step === 'wait') fake.clock.advance(step.seconds * 1000);
      else if (step.step === 'fault') fake.faults.add({ tag: step.tag, kind: step.kind }, step.fault);
      else {
        const wrong = await synchronise(step);
        if (wrong.length > 0) return wrong;
      }
    }
    return await quietly();
  } finally {
    await site.close();
  }
}
