import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from './errors';
import type { EngineLog } from './log';
import { startOwned, type Exit, type OwnedCommand, type OwnedProcess } from './owned-process';

/** What a supervised child is and how it is kept alive. */
export interface ChildOptions extends OwnedCommand {
  /** What it is called in logs and errors. */
  readonly name: string;
  readonly log: EngineLog;
  /** Whether the child does its work now; asked again and again after each start until it says so. */
  readonly ready: () => Promise<boolean>;
  /** Runs before each start, the first included. */
  readonly before?: () => Promise<unknown>;
  /** Hears the pid of each start. */
  readonly started?: (pid: number) => void;
  /** How long the first start may take, in milliseconds. */
  readonly startMs?: number;
  /** The wait before the first restart, doubled at each further one up to the last, in milliseconds. */
  readonly backoffMs?: readonly [first: number, last: number];
}

/** How a child is; for `/health/ready`. */
export interface ChildStatus {
  readonly state: 'starting' | 'running' | 'restarting' | 'stopped';
  /** How often it died unasked and was started again. */
  readonly restarts: number;
  readonly pid?: number;
  readonly last_exit?: Exit & { readonly at: string };
  /** The last lines that it wrote. */
  readonly last_lines: readonly string[];
}

const PROBE_MS = 50;
const KEPT_LINES = 20;
const DEFAULT_BACKOFF_MS = [250, 30_000] as const;
/** A child that worked for this long has recovered: its next death starts the back-off anew. */
const RECOVERED_MS = 60_000;

const describe = ({ code, signal }: Exit): string => (signal ? `was killed by ${signal}` : `ended with code ${code}`);

/** A child process that is started again when it dies, and that never outlives us. */
export class SupervisedChild {
  readonly #options: ChildOptions;
  readonly #stopping = new AbortController();
  readonly #lines: string[] = [];
  #process: OwnedProcess | undefined;
  #pid: number | undefined;
  #state: ChildStatus['state'] = 'starting';
  #restarts = 0;
  #failures = 0;
  #lastExit: ChildStatus['last_exit'];
  #life: Promise<void> | undefined;

  constructor(options: ChildOptions) {
    this.#options = options;
  }

  /** How the child is at this moment. */
  status(): ChildStatus {
    return {
      state: this.#state,
      restarts: this.#restarts,
      ...(this.#pid === undefined ? {} : { pid: this.#pid }),
      ...(this.#lastExit ? { last_exit: this.#lastExit } : {}),
      last_lines: [...this.#lines],
    };
  }

  /** Starts the child and waits until it works. Throws {@link EngineError}, with its last words, when it does not. */
  async start(): Promise<void> {
    const { name, startMs = 60_000 } = this.#options;
    await this.#options.before?.();
    const child = this.#spawn();
    const outcome = await this.#whenReady(child.exit, startMs);
    if (outcome !== true) {
      const how = outcome ? describe(outcome) : `did not work after ${startMs / 1000} s`;
      await this.stop();
      throw new EngineError(`${name} ${how}; its last words: ${this.#lines.slice(-5).join(' | ') || 'none'}`);
    }
    this.#state = 'running';
    this.#life = this.#keepAlive(child);
  }

  /** Ends the child for good: asks it to, and kills it when it takes longer than its `stopSeconds`. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const running = this.#process;
    running?.release();
    // The wrapper does the killing; this is for the case that the wrapper itself does not answer.
    const overdue = setTimeout(() => running?.kill(), (this.#options.stopSeconds + 2) * 1000);
    await running?.exit;
    clearTimeout(overdue);
    await this.#life;
    this.#state = 'stopped';
  }

  #spawn(): OwnedProcess {
    const owned = startOwned(this.#options, (line) => this.#hear(line));
    this.#process = owned;
    void owned.pid.then((pid) => {
      if (this.#process !== owned) return;
      this.#pid = pid;
      this.#options.started?.(pid);
    });
    return owned;
  }

  #hear(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    this.#options.log.debug({ child: this.#options.name, line }, 'a child says');
  }

  /** True once the child works; how it ended when it did not live to; undefined when the time is over. */
  async #whenReady(exit: Promise<Exit>, timeoutMs = Infinity): Promise<true | Exit | undefined> {
    const deadline = Date.now() + timeoutMs;
    let ended: Exit | undefined;
    void exit.then((result) => (ended = result));
    while (Date.now() < deadline) {
      const ready = await Promise.race([this.#options.ready().catch(() => false), exit]);
      // Something else may answer at the child's address: only a child that lives can be ready.
      if (ended) return ended;
      if (ready === true) return true;
      await sleep(PROBE_MS);
    }
    return undefined;
  }

  async #keepAlive(first: OwnedProcess): Promise<void> {
    const { name, log, backoffMs: [least, most] = DEFAULT_BACKOFF_MS } = this.#options;
    for (let child: OwnedProcess | undefined = first; child;) {
      const since = Date.now();
      const result = await child.exit;
      this.#pid = undefined;
      this.#lastExit = { ...result, at: new Date().toISOString() };
      if (this.#stopping.signal.aborted) return;
      this.#failures = Date.now() - since > RECOVERED_MS ? 1 : this.#failures + 1;
      this.#state = 'restarting';
      const wait = Math.min(least * 2 ** (this.#failures - 1), most);
      log.error(
        { child: name, ...result, restart_in_ms: wait, last_lines: this.#lines.slice(-5) },
        `${name} ${describe(result)} and is started again`,
      );
      child = await this.#restart(wait);
    }
  }

  /** Starts the child again after a while; nothing when it is to be stopped instead. */
  async #restart(waitMs: number): Promise<OwnedProcess | undefined> {
    const { signal } = this.#stopping;
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    await this.#options.before?.().catch((error: unknown) => this.#hear(String(error)));
    if (signal.aborted) return undefined;
    this.#restarts += 1;
    const child = this.#spawn();
    void this.#whenReady(child.exit).then((outcome) => {
      if (outcome !== true || signal.aborted) return;
      this.#state = 'running';
      this.#options.log.info({ child: this.#options.name, restarts: this.#restarts }, 'a child works again');
    });
    return child;
  }
}
