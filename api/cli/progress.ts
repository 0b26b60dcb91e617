import { printable, type Output } from './io';

const PLAIN_INTERVAL_MS = 10_000;
const BAR_WIDTH = 24;

/** How far something is. */
export interface Step {
  readonly text: string;
  readonly done?: number | undefined;
  readonly total?: number | undefined;
}

/** Shows progress until it is ended. */
export interface Progress {
  show(step: Step): void;
  /** Takes the bar away; what was said in lines stays. */
  end(): void;
}

function bar({ done = 0, total = 0 }: Step): string {
  const filled = total > 0 ? Math.round((Math.min(done, total) / total) * BAR_WIDTH) : 0;
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] `;
}

const inWords = ({ text, done, total }: Step): string =>
  printable(total === undefined || total === 0 ? text : `${text} (${done ?? 0} of ${total})`);

/**
 * A bar on a terminal. Elsewhere plain lines: one whenever what is done changes, else one every ten seconds, so that a
 * log shows that it goes on.
 */
export function createProgress(output: Output, now: () => number = Date.now): Progress {
  let lastText = '';
  let lastLine = 0;
  if (output.isTTY) {
    return {
      show: (step) => {
        const line = (step.total ? bar(step) : '') + inWords(step);
        output.write(`\r\x1b[K${line.slice(0, (output.columns ?? 80) - 1)}`);
      },
      end: () => output.write('\r\x1b[K'),
    };
  }
  return {
    show: (step) => {
      if (step.text === lastText && now() - lastLine < PLAIN_INTERVAL_MS) return;
      lastText = step.text;
      lastLine = now();
      output.write(`${inWords(step)}\n`);
    },
    end: () => undefined,
  };
}
