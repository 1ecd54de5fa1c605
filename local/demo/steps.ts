import { progressOn } from '../../lib/cli/progress';

/** One thing the demo does and shows; what it returns is shown behind its time. */
export interface Step<Context> {
  readonly title: string;
  run(context: Context, show: (line: string) => void): Promise<string | void>;
}

export interface StepResult {
  readonly name: string;
  readonly seconds: number;
  readonly note: string;
}

/**
 * Runs the steps in order with live progress on stderr: a spinner on a terminal, one line a step elsewhere.
 * Finished steps are appended to `results`, so that they survive a failure;
 * `signal` ends the run after the step that is under way noticed it.
 */
export async function runSteps<Context extends object>(
  steps: readonly Step<Context>[],
  context: Context,
  signal: AbortSignal,
  results: StepResult[],
): Promise<void> {
  const progress = progressOn(process.stderr);
  for (const step of steps) {
    if (signal.aborted) throw new Error('interrupted');
    progress.step(step.title);
    const start = performance.now();
    try {
      const note = (await step.run(context, (line) => progress.update(undefined, line))) ?? '';
      const seconds = (performance.now() - start) / 1000;
      results.push({ name: step.title, seconds: Math.round(seconds * 10) / 10, note });
      progress.end(false, `(${seconds.toFixed(1)} s)${note ? `: ${note}` : ''}`);
    } catch (error) {
      progress.end(true);
      throw error;
    }
  }
}
