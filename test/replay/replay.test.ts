import {
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  Worker,
  type ReplayWorkerOptions,
} from '@temporalio/worker';
import { recordedHistory, recordedRuns } from '../helpers/worker-histories';
import { testBundle } from '../helpers/temporal';

beforeAll(() => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    shutdownSignals: [],
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) },
    },
  });
});

const options = (): ReplayWorkerOptions => ({ workflowBundle: testBundle() });

test.each(recordedRuns())('the workflows of today replay %s', async (run) => {
  await expect(Worker.runReplayHistory(options(), recordedHistory(run))).resolves.toBeUndefined();
});

test('a recorded run whose workflow does other things now is found', async () => {
  const run = recordedRuns().find((name) => name.endsWith('peeringdb-sync-full'))!;
  const changed = recordedHistory(run, (text) => text.replaceAll('"fetchMissingParents"', '"fetchOtherThings"'));
  await expect(Worker.runReplayHistory(options(), changed)).rejects.toThrow(/TMPRL1100|[Nn]ondeterminism/);
});
