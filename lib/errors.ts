/** Exit codes of the command (ARCHITECTURE.md, "Exit codes"). */
export const EXIT = {
  done: 0,
  error: 1,
  findings: 2,
  rolledBack: 3,
  inconclusive: 4,
  locked: 5,
  conflict: 6,
  rollbackFailed: 7,
  preflightRefused: 8,
  usage: 64,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface ErrorDetails {
  /** The value found, as the user would recognise it. Never a secret. */
  readonly found?: string;
  /** What to do: a sentence or the exact command. */
  readonly remedy: string;
  /** @default EXIT.error */
  readonly exitCode?: ExitCode;
  readonly cause?: unknown;
}

/**
 * The one error type that users see: what was wrong, the value found, what to do, under a stable code that
 * `kong-dual-cluster explain CODE` knows.
 */
export class KongDualClusterError extends Error {
  readonly found: string | undefined;
  readonly remedy: string;
  readonly exitCode: ExitCode;

  constructor(
    readonly code: string,
    readonly problem: string,
    details: ErrorDetails,
  ) {
    const found = details.found === undefined ? '' : `, found: ${details.found}`;
    super(`${problem}${found}\n  to mend it: ${details.remedy}\n  [${code}]`, { cause: details.cause });
    this.name = 'KongDualClusterError';
    this.found = details.found;
    this.remedy = details.remedy;
    this.exitCode = details.exitCode ?? EXIT.error;
  }
}
