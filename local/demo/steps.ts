import { progressOn } from '../../lib/cli/progress';

/** One thing the demo does and shows; what it returns is shown behind its time. */
export interface Step<Context> {
  readonly title: string;
  /** A word or two, for a picture. @default the title */
  readonly short?: string;
  /** Steps of one upgrade belong together. @default 0, before the first one */
  readonly round?: number;
  run(context: Context, show: (line: string) => void): Promise<string | void>;
}

export interface StepResult {
  readonly name: string;
  readonly short: string;
  readonly round: number;
  /** Seconds since the start of the demo. */
  readonly at: number;
  readonly seconds: number;
  readonly note: string;
  /** It ended the run. */
  readonly failed?: true;
}

/**
 * Runs the steps in order with live progress on stderr: a spinner on a terminal, one line a step elsewhere.
 * Steps are appended to `results`, so that they survive a failure;
 * `signal` ends the run after the step that is under way noticed it.
 * @param epoch start of the demo, milliseconds
 */
export async function runSteps<Context extends object>(
  steps: readonly Step<Context>[],
  context: Context,
  signal: AbortSignal,
  results: StepResult[],
  epoch = Date.now(),
): Promise<void> {
  const progress = progressOn(process.stderr);
  for (const step of steps) {
    if (signal.aborted) throw new Error('interrupted');
    const { title, short = title, round = 0 } = step;
    progress.step(title);
    const start = Date.now();
    const done = (note: string): StepResult => {
      const seconds = Math.round((Date.now() - start) / 100) / 10;
      return { name: title, short, round, at: (start - epoch) / 1000, seconds, note };
    };
    try {
      const result = done((await step.run(context, (line) => progress.update(undefined, line))) ?? '');
      results.push(result);
      progress.end(false, `(${result.seconds.toFixed(1)} s)${result.note ? `: ${result.note}` : ''}`);
    } catch (error) {
      results.push({ ...done(signal.aborted ? 'interrupted' : 'failed'), failed: true });
      progress.end(true);
      throw error;
    }
  }
}
