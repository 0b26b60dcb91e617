/** What programs need of the environment; nothing that is a setting of ours. */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'];

/**
 * The environment of programs that we run. Ours may hold secrets, and that of a program can be read by all that run as
 * the same user, which for root's PostgreSQL is `nobody`. Nor is Temporal's CLI to take `TEMPORAL_…` for its own settings.
 */
export function bareEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => PASSED_ON.includes(name)));
}
