import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdDataDir } from '../../engine/data-dir-lock';
import { removeDataElsewhere } from '../../engine/places';

/** What marks a folder as a demonstration's: only such a one is emptied. */
const MARK = 'made-by-the-demo';

function empty(folder: string): void {
  // What root keeps for a folder that PostgreSQL's user cannot enter.
  removeDataElsewhere(folder);
  for (const entry of readdirSync(folder)) rmSync(join(folder, entry), { recursive: true, force: true });
}

/**
 * Makes a fresh folder for one demonstration; what an earlier one left there goes. Throws when the folder holds anything
 * else, such as the data of a product, or when another demonstration runs in it.
 */
export function freshFolder(folder: string): string {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    if (!existsSync(join(folder, MARK))) {
      throw new Error(
        `'${folder}' holds data that no demo made: expected a folder for the demo alone; set DATA_DIR to another`,
      );
    }
    // Throws while another one runs there.
    holdDataDir(folder)();
    empty(folder);
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, MARK), 'The next demo empties this folder.\n');
  return realpathSync(folder);
}
