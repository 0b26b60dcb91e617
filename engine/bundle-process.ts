import { writeFileSync } from 'node:fs';
import { bundleWorkflows } from '../activities/worker';

/** A process of its own: the bundler needs some hundred megabytes once, which would stay with the product otherwise. */
async function main(file: string | undefined): Promise<void> {
  if (file === undefined) throw new Error('expected the path of the file to write');
  writeFileSync(file, (await bundleWorkflows()).code);
}

void main(process.argv[2]);
