import { spawn } from 'node:child_process';

/** Runs a script on a node and gives what it printed. Injected, so that a test can count, break or delay it. */
export type NodeShell = (command: readonly string[], script: string, timeoutMs: number) => Promise<string>;

/** A node that gave no answer, or none to the end; the message is the shell's own. */
export class NoAnswer extends Error {}

/** Bytes of an answer; a file of ours has a few hundred. */
const ANSWER_BYTES = 1024 * 1024;

const hasEnded = (out: string): boolean => /^end=ok\r?$/m.test(out.slice(-100));

/**
 * The script goes in on standard input, so that nothing of it is on a command line. In a process group of its own: an
 * interrupt of the runner does not end a node's write halfway, and a timeout ends all of it.
 */
export const nodeShell: NodeShell = (command, script, timeoutMs) =>
  new Promise((resolve, reject) => {
    const [program = 'sh', ...args] = command.length > 0 ? command : ['sh', '-s'];
    const child = spawn(program, args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    const end = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    const timer = setTimeout(() => {
      end();
      reject(new NoAnswer(`no answer in ${timeoutMs / 1000} s`));
    }, timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (hasEnded(out)) {
        // Not when all pipes are closed: a shared connection of ssh (ControlPersist) keeps its end for as long as it lives.
        clearTimeout(timer);
        child.stdout.destroy();
        child.stderr.destroy();
        child.unref();
        resolve(out);
      } else if (out.length > ANSWER_BYTES) end();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err = (err + text).slice(-2000)));
    // A command that ended before it read everything: its exit says more.
    child.stdin.on('error', () => undefined).end(script);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new NoAnswer(error.message));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      reject(new NoAnswer(err.trim() || `${program} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
