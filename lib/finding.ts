/** One thing that was looked at: as it should be, or what was found instead and what mends it. */
export interface Finding {
  readonly ok: boolean;
  readonly what: string;
  readonly found: string;
  readonly mend?: string;
}

export const good = (what: string, found: string): Finding => ({ ok: true, what, found });
export const bad = (what: string, found: string, mend: string): Finding => ({ ok: false, what, found, mend });

/** `ok   WHAT: FOUND`, or `NOT  WHAT: FOUND` with the remedy on a line of its own. */
export const findingLine = ({ ok, what, found, mend }: Finding): string =>
  `${ok ? 'ok  ' : 'NOT '} ${what}: ${found}${ok || !mend ? '' : `\n     ${mend}`}`;
