/**
 * A write, retries of the SDK included, is given up after this long, milliseconds: one that came later could undo what
 * `abort` has put back in between (its LATE_WRITE_MS is longer).
 */
export const WRITE_MS = 2500;

/** @throws Error with the name TimeoutError when there was no answer in time; else what the write throws */
export async function writeInTime<T>(what: string, write: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(WRITE_MS);
  try {
    return await write(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    const message = `${what} had no answer in ${WRITE_MS / 1000} s`;
    throw Object.assign(new Error(message, { cause: error }), { name: 'TimeoutError' });
  }
}
