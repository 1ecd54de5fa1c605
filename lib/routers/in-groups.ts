import type { MayWrite } from './router';

/**
 * Acts on a few at once, asked before each few. All are tried even when one fails; the first failure is thrown then.
 * @param atOnce from 1
 */
export async function inGroups<T>(
  items: readonly T[],
  atOnce: number,
  mayWrite: MayWrite | undefined,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  for (let i = 0; i < items.length; i += atOnce) {
    await mayWrite?.();
    const results = await Promise.allSettled(items.slice(i, i + atOnce).map(act));
    failures.push(...results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : [])));
  }
  if (failures.length > 0) throw failures[0];
}
