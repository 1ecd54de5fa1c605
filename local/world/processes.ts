import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface StartedProcess {
  /** Resolves when the process and whoever holds its output have ended. */
  readonly ended: Promise<void>;
  /** Its last lines of output, for an error message. */
  readonly lastLines: () => string;
  readonly hasEnded: () => boolean;
  /** Closes its standard input, which ends it with all that it started. */
  readonly stop: () => Promise<void>;
}

const KEPT_LINES = 40;

/**
 * Starts a process that ends when its standard input closes, and so with this one, however this one ends. It gets a
 * group of its own: a Ctrl-C in the terminal is this process's to answer.
 */
export function start(
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  log: (line: string) => void,
): StartedProcess {
  const child = spawn(program, args, { env: environment, detached: true, stdio: 'pipe' });
  const lines: string[] = [];
  const take = (line: string): void => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    log(line);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', take);
  child.stdin.on('error', () => undefined); // it ended first
  let over = false;
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      over = true;
      resolve();
    };
    child.on('error', (error) => {
      take(error.message);
      end();
    });
    child.on('close', end);
  });
  return {
    ended,
    lastLines: () => lines.join('\n'),
    hasEnded: () => over,
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
