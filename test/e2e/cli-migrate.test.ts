import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const BIN = join(__dirname, '..', '..', 'bin', 'crossconnect.cjs');

test('migrate brings the embedded database to this version, starting it for as long as that takes', async () => {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'crossconnect-migrate-'));
  const migrate = (...argv: string[]): Promise<{ stdout: string; stderr: string }> =>
    promisify(execFile)(BIN, ['migrate', ...argv], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DATA_DIR },
    });
  try {
    const planned = (await migrate('--dry-run')).stdout;
    expect(planned).toMatch(/^0001_core\n0002_/);
    expect((await migrate()).stdout).toBe(planned);
    expect(await migrate()).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('the database is up to date\n'),
    });
  } finally {
    rmSync(DATA_DIR, { recursive: true });
  }
});
