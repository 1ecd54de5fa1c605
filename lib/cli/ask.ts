import { createInterface } from 'node:readline/promises';
import type { Context } from './context';

/**
 * A yes-or-no question. `--yes` answers it; where nobody can be asked the answer is no. Not for what destroys: that needs
 * an option of its own.
 */
export async function ask(context: Context, question: string): Promise<boolean> {
  if (context.yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
