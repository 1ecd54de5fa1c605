import type { Progress } from './progress';

/** What every command is given: the global options and the two channels, data on stdout and progress on stderr. */
export interface Context {
  /** Path of dual-cluster.yaml. */
  readonly settingsPath: string;
  readonly output: 'text' | 'json';
  /** Answers yes to questions; never to one that destroys. */
  readonly yes: boolean;
  /** `--region`; the settings' region and AWS_REGION come after it. */
  readonly region?: string;
  readonly progress: Progress;
  /** Writes data: lines of text, or with `--output json` one document. */
  readonly print: (text: string, json: unknown) => void;
  /** What to tell when the command is interrupted from now on. */
  readonly ifInterrupted: (hint: string) => void;
  /**
   * From now on Ctrl-C does not end the command: it calls this, says the hint, and the command ends by itself as soon as
   * it may. The second Ctrl-C ends it at once.
   */
  readonly onInterrupt: (stop: () => void) => void;
}

export interface GlobalOptions {
  settings: string;
  output: 'text' | 'json';
  yes?: boolean;
  region?: string;
}
