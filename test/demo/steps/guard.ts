import { expectEqual, expectThat, isOver, jobOnce, resultOf, startSync, type Step } from '../stage';

const GONE = 0.1;
const HOUR = 3_600_000;

const massDeletion: Step = {
  title: 'A tenth of a type vanishes upstream: a guard asks a person before anything is removed',
  play: async (stage) => {
    const { fake, show, product } = stage;
    const before = fake.state.ids('netfac');
    fake.clock.advance(HOUR);
    for (const id of before.slice(0, before.length * GONE)) fake.state.hardDelete('netfac', id);
    fake.clock.advance(HOUR);
    fake.state.refreshListFiles();
    show.say(
      `upstream: ${before.length - fake.state.ids('netfac').length} of ${before.length} netfac are gone without a trace`,
    );

    const { id } = await startSync(stage, 'full');
    const asking = await jobOnce(stage, id, (job) => job.progress?.confirmable === true || isOver(job));
    show.say(`job: ${asking.status}: ${asking.progress?.reason ?? asking.result?.summary ?? ''}`);
    expectThat(asking.progress?.confirmable === true, 'the job does not wait for a person');
    const { body } = await product.get<{ count: number }>('/api/peeringdb/network-facilities/?limit=1');
    show.say(`readers still see ${body.count} of them`);
    expectThat(
      body.count === before.length,
      `readers see ${body.count} rows while it waits: expected ${before.length}`,
    );

    show.say(`$ crossconnect job confirm ${id}`);
    const { code } = await product.cli('job', 'confirm', id);
    expectThat(code === 0, `the command ends with code ${code}: expected 0`);
    const result = await resultOf(stage, id);
    show.say(result.summary);
    return `confirmed, ${result.deleted} rows removed; ${await expectEqual(stage)}`;
  },
};

/** What is not believed at once. */
export const GUARD: readonly Step[] = [massDeletion];
