import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const MARK = '.draft-';
/** Longer than anything takes that is made in a draft. */
const STALE_MS = 3_600_000;

/**
 * A path in `folder` for what gets its real name when it is complete; different at each call, so that two processes that
 * make the same do each other no harm. Drafts that killed processes left there are removed.
 */
export function draftIn(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    const changed = entry.includes(MARK) ? statSync(path, { throwIfNoEntry: false })?.mtimeMs : undefined;
    if (changed !== undefined && Date.now() - changed > STALE_MS) rmSync(path, { recursive: true, force: true });
  }
  return join(folder, `${name}${MARK}${randomUUID()}`);
}
