import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

export interface StartedProcess {
  /** Resolves when the process and whoever holds its output have ended. */
  readonly ended: Promise<void>;
  /** Its last lines of output, for an error message. */
  readonly lastLines: () => string;
  readonly hasEnded: () => boolean;
  /** Closes its standard input, which ends it with all that it started. */
  readonly stop: () => Promise<void>;
}

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
  const child: ChildProcess = spawn(program, args, {
    env: environment,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const take = (chunk: Buffer): void => {
    for (const line of chunk.toString().split('\n').filter(Boolean)) {
      lines.push(line);
      if (lines.length > 40) lines.shift();
      log(line);
    }
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  child.stdin?.on('error', () => undefined); // it ended first
  let over = false;
  const ended = new Promise<void>((resolve) => {
    child.on('error', (error) => take(Buffer.from(error.message)));
    child.on('close', () => {
      over = true;
      resolve();
    });
  });
  return {
    ended,
    lastLines: () => lines.join('\n'),
    hasEnded: () => over,
    async stop() {
      child.stdin?.end();
      await ended;
    },
  };
}
