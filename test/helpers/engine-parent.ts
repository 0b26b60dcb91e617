import { SupervisedChild } from '../../engine/child';
import type { EngineLog } from '../../engine/log';
import { startPostgres } from '../../engine/postgres';
import { startTemporal } from '../../engine/temporal';

/** A product in a process of its own, which a test can kill: it starts one part of the engine and says how it is. */

const quiet = (): void => undefined;
const log: EngineLog = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const [part, dataDir = ''] = process.argv.slice(2);

/** Ends on Ctrl-C, and on nothing else. */
const STUBBORN = `process.on('SIGTERM', () => {}).on('SIGINT', () => process.exit()); setInterval(() => {}, 1000); console.log('up')`;

const parts: Record<string, () => Promise<object>> = {
  child: async () => {
    const child: SupervisedChild = new SupervisedChild({
      ...{ name: 'a child', log, command: process.execPath, args: ['-e', STUBBORN] },
      ...{ stopSignal: 'TERM', stopSeconds: 1, ready: () => Promise.resolve(child.status().last_lines.includes('up')) },
    });
    await child.start();
    return child.status();
  },
  postgres: async () => (await startPostgres({ dataDir, log })).status(),
  temporal: async () => {
    const namespaces = ['crossconnect'];
    return (await startTemporal({ dataDir, namespaces, uiPort: null, log, progress: quiet })).status();
  },
};

// As the product does: Ctrl-C begins an orderly end, and is not the end of anything by itself.
process.on('SIGINT', quiet);
setInterval(quiet, 60_000);
void parts[part ?? '']?.().then((status) => console.log(JSON.stringify(status)));
