import type { Progress } from './progress';

export type Output = 'text' | 'json' | 'ndjson' | 'markdown' | 'html';

/** The forms for people who do not sit at the terminal. */
export interface Pages {
  readonly markdown: () => string;
  readonly html: () => string;
}

/** What every command is given: the global options and the two channels, data on stdout and progress on stderr. */
export interface Context {
  /** Path of dual-cluster.yaml. */
  readonly settingsPath: string;
  readonly output: Output;
  /** Whether text on stdout may have colours: it is a terminal, and NO_COLOR is not set. */
  readonly colors: boolean;
  /** Answers yes to questions; never to one that destroys. */
  readonly yes: boolean;
  /** `--region`; the settings' region and AWS_REGION come after it. */
  readonly region?: string;
  readonly progress: Progress;
  /**
   * Writes data: lines of text, or with `--output json` one document, with ndjson one line; what costs something is made only when it is
   * printed: text and json may be functions. Without `pages` the command is one that refuses markdown and html.
   */
  readonly print: (text: string | (() => string), json: unknown, pages?: Pages) => void;
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
  output: Output;
  yes?: boolean;
  region?: string;
}
