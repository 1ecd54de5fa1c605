import { ERROR_CODES, errorPage } from '../error-codes';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import type { Context } from './context';

/** @throws KongDualClusterError UNKNOWN_CODE */
export function runExplain(context: Context, code: string | undefined): Promise<ExitCode> {
  if (code === undefined) {
    context.print(errorPage().trimEnd(), ERROR_CODES);
    return Promise.resolve(EXIT.done);
  }
  const key = code.toUpperCase().replace(/^\[|\]$/g, '');
  const entry = ERROR_CODES[key];
  if (!entry) {
    const close = Object.keys(ERROR_CODES).filter((known) =>
      known.split('_').some((word) => word.length > 3 && key.includes(word)),
    );
    throw new KongDualClusterError('UNKNOWN_CODE', 'there is no such error code', {
      found: code,
      remedy:
        close.length > 0
          ? `did you mean ${close.slice(0, 5).join(', ')}?`
          : '`kong-dual-cluster explain` lists all of them',
      exitCode: EXIT.usage,
    });
  }
  context.print(`${key}\n\n${entry.means}\n\nTo mend it: ${entry.mend}`, { code: key, ...entry });
  return Promise.resolve(EXIT.done);
}
