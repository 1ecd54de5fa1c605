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
  const { Listr } = await import('listr2'); // an ES module
  const tasks = new Listr<object>(
    steps.map((step) => ({
      title: step.title,
      task: async (_context: object, task: { title: string; output: string }) => {
        if (signal.aborted) throw new Error('interrupted');
        const start = performance.now();
        const note = (await step.run(context, (line) => (task.output = line))) ?? '';
        const seconds = (performance.now() - start) / 1000;
        results.push({ name: step.title, seconds: Math.round(seconds * 10) / 10, note });
        task.title = `${step.title} (${seconds.toFixed(1)} s)${note ? `: ${note}` : ''}`;
      },
    })),
    {
      exitOnError: true,
      registerSignalListeners: false,
      fallbackRenderer: 'simple',
      rendererOptions: { collapseErrors: true, showErrorMessage: false },
      fallbackRendererOptions: { logger: undefined },
    },
  );
  await tasks.run();
}
