import type { Context } from '../../../lib/cli/context';
import type { CompatibilityFinding } from '../../../lib/compatibility/finding';

/** What a check printed. */
export interface Printed {
  readonly text: string;
  readonly json: {
    readonly findings: readonly CompatibilityFinding[];
    readonly summary: { readonly findings: number; readonly rewritten: number; readonly wrote: string | null };
  };
}

/** A context that keeps what is printed and noted. */
export function checkContext(): {
  readonly context: Context;
  readonly notes: string[];
  readonly printed: () => Printed;
} {
  const notes: string[] = [];
  let last: Printed | undefined;
  const context = {
    output: 'text',
    colors: false,
    progress: {
      step: () => undefined,
      update: () => undefined,
      note: (text: string) => notes.push(text),
      end: () => undefined,
    },
    ifInterrupted: () => undefined,
    print: (text: () => string, json: () => Printed['json']) => {
      last = { text: text(), json: json() };
    },
  } as unknown as Context;
  return { context, notes, printed: () => last! };
}
