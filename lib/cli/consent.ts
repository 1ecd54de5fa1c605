import { createInterface } from 'node:readline/promises';
import { EXIT, KongDualClusterError } from '../errors';

/** Whether there is somebody who could type. */
export const canType = (): boolean => Boolean(process.stdin.isTTY && process.stderr.isTTY);

/**
 * Consent to destroy: the wanted words, typed. `--yes` is never it.
 * @throws KongDualClusterError CONSENT_MISSING (exit 8): then nothing is destroyed
 */
export async function typedConsent(question: string, wanted: string): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  let typed = '';
  try {
    typed = (await terminal.question(`${question}\ntype ${wanted} to go on: `)).trim();
  } finally {
    terminal.close();
  }
  if (typed === wanted) return;
  throw new KongDualClusterError('CONSENT_MISSING', 'what was typed is not what was asked for', {
    found: typed === '' ? 'nothing' : typed,
    remedy: `nothing was destroyed; run it again and type ${wanted}`,
    exitCode: EXIT.preflightRefused,
  });
}
