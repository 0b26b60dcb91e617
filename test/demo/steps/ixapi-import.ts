import { ixapiFollowWorkflowId } from '../../../workflows/ixapi/messages';
import type { ImportResult } from '../../../store/ixapi/import/import';
import { connectionOf, expectImported, showConnections } from '../ixapi/compare';
import { configOf } from '../ixapi/exchange';
import { connectionsThere, followingOnce, importConfigs, ourExchange } from '../ixapi/records';
import { temporalUi } from '../netbox/workflows';
import { expectThat, type Stage, type Step } from '../stage';

const ACTIONS = ['create', 'link', 'update', 'skip'] as const;

/** How many configs of each action. */
const countsOf = (result: ImportResult): string =>
  ACTIONS.map((action) => `${action} ${result[action].length}`).join(', ');

/** Throws unless an import came to this. */
const expectCounts = (result: ImportResult, expected: string): void =>
  expectThat(countsOf(result) === expected, `it came to ${countsOf(result)}: expected ${expected}`);

const single: Step = {
  title: 'One of its configs becomes a connection, and nobody types an address; asked again, nothing changes',
  play: async (stage) => {
    const { show, exchange } = stage;
    const config = await configOf(exchange, 'qinq');
    const asked = { network_service_config: config.id };
    const before = (await connectionsThere(stage)).length;
    const planned = await importConfigs(stage, { ...asked, dry_run: true });
    show.say(`it would ${countsOf(planned)}: ${JSON.stringify(planned.create[0]?.values)}`);
    expectCounts(planned, 'create 1, link 0, update 0, skip 0');
    expectThat((await connectionsThere(stage)).length === before, 'the dry run made a connection');

    expectCounts(await importConfigs(stage, asked), 'create 1, link 0, update 0, skip 0');
    const made = await expectImported(stage, config);
    showConnections(stage, [made]);
    const again = await importConfigs(stage, asked);
    show.say(`again: ${countsOf(again)}: ${again.skip[0]?.reason}`);
    expectCounts(again, 'create 0, link 0, update 0, skip 1');
    const after = (await connectionsThere(stage)).length;
    expectThat(after === before + 1, `there are ${after} connections: expected ${before + 1}`);
    return `connection ${made.id} is ${config.id}, field by field as the exchange has it`;
  },
};

/** Shows what became of each config. */
function showResult({ show }: Stage, { create, link, update, skip }: ImportResult): void {
  const changed = [...create, ...link, ...update];
  const become = changed.map(({ network_service_config, connection }) => [
    ...[network_service_config, `is connection ${connection}`],
  ]);
  const left = skip.map(({ network_service_config, reason }) => [network_service_config, `skipped: ${reason}`]);
  show.table([['config', ''], ...become, ...left]);
}

const all: Step = {
  title: 'All others at once: our port of PeeringDB is recognised, and what has no addresses yet is followed',
  play: async (stage) => {
    const { show, exchange, product } = stage;
    const [known, waiting] = [await configOf(exchange, 'production'), await configOf(exchange, 'requested')];
    const result = await importConfigs(stage, {});
    showResult(stage, result);
    expectCounts(result, 'create 0, link 1, update 0, skip 4');
    expectThat(result.following.join() === waiting.id, `it follows ${result.following.join(', ')}`);
    expectThat((await connectionOf(stage, waiting)) === undefined, 'a connection without addresses was made');
    await expectImported(stage, known);
    const { status, progress } = await followingOnce(stage, (job) => job.progress?.waiting_until !== undefined);
    const id = ixapiFollowWorkflowId((await ourExchange(stage)).id);
    show.say(
      `workflow ${id} (${temporalUi(product)}): ${status} until ${progress?.waiting_until ?? 'nothing'}: ${progress?.reason}`,
    );
    const fields = Object.keys(result.link[0]?.changes ?? {}).length;
    return `${known.id} and our port are one, which gained ${fields} fields; ${waiting.id} is followed until it has addresses`;
  },
};

/** How configs become connections. */
export const IXAPI_IMPORT: readonly Step[] = [single, all];
