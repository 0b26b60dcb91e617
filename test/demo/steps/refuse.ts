import { expectEqual, expectThat, isOver, jobOnce, resultOf, startSync, type Step } from '../stage';

const RETRY_AFTER_SECONDS = 4;

const throttled: Step = {
  title: 'PeeringDB says 429: a durable wait that can be seen',
  play: async (stage) => {
    const { fake, show } = stage;
    fake.clock.advance(60_000);
    fake.state.update('net', fake.state.ids('net')[1] ?? 0, { notes: 'A change behind a limit.' });
    const rule = fake.faults.add({ tag: 'net' }, { kind: 'throttled', retryAfter: RETRY_AFTER_SECONDS });
    const { id } = await startSync(stage, 'incremental');
    const waiting = await jobOnce(stage, id, (job) => job.status === 'waiting' || isOver(job));
    show.say(
      `job: ${waiting.status}, waiting_until ${waiting.progress?.waiting_until ?? 'nothing'}, reason: ${waiting.progress?.reason ?? 'none'}`,
    );
    expectThat(waiting.progress?.waiting_until !== undefined, 'the job does not say until when it waits');
    const result = await resultOf(stage, id);
    show.say(result.summary);
    expectThat(rule.hits === 1, `upstream refused ${rule.hits} times: expected once`);
    return `it waited ${RETRY_AFTER_SECONDS} s as told and went on; ${await expectEqual(stage)}`;
  },
};

const firewall: Step = {
  title: 'A firewall before PeeringDB refuses: a clear failure, and the last snapshot stays',
  play: async (stage) => {
    const { fake, show } = stage;
    const before = await expectEqual(stage);
    const rule = fake.faults.add({ tag: 'org', count: null }, { kind: 'firewall' });
    const { id } = await startSync(stage, 'full');
    const job = await jobOnce(stage, id, isOver);
    fake.faults.clear();
    show.say(`job: ${job.status}: ${job.error?.type ?? ''}: ${job.error?.message ?? ''}`);
    expectThat(rule.hits > 0, 'the firewall was never asked');
    expectThat(job.status === 'failed' && job.error?.upstream === true, 'it is not reported as a failure of upstream');
    expectThat(/firewall/.test(job.error?.message ?? ''), 'the reason does not name the firewall');
    expectThat((await expectEqual(stage)) === before, 'the published rows are not those of before');
    return `the job names the firewall; ${before} still`;
  },
};

/** What upstream does to those who ask. */
export const REFUSE: readonly Step[] = [throttled, firewall];
