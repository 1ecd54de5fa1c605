import type { SourceRule, SourceViolation } from '../rule';
import type { Language, Source } from '../source';

/** A logical line: one that goes on behind a backslash is one line. */
export interface Line {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly text: string;
}

export function logicalLines(code: string): readonly Line[] {
  const lines: Line[] = [];
  let open: { line: number; text: string } | undefined;
  code.split('\n').forEach((raw, i) => {
    const text = raw.replace(/\r$/, '');
    const goesOn = /\\\s*$/.test(text);
    const part = text.replace(/\\\s*$/, ' ');
    if (open) open.text += part;
    else open = { line: i + 1, text: part };
    if (goesOn) return;
    lines.push(open);
    open = undefined;
  });
  if (open) lines.push(open);
  return lines;
}

export const SCRIPTS: readonly Language[] = ['shell', 'python', 'javascript', 'lua', 'yaml', 'dockerfile', 'other'];

/** A rule that looks at one logical line at a time. `around` are the lines near it. */
export const lineRule = (
  id: string,
  pattern: RegExp,
  tell: Omit<SourceViolation, 'line'>,
  {
    on = SCRIPTS,
    isMeant = () => true,
  }: { on?: readonly Language[]; isMeant?: (line: Line, around: string, source: Source) => boolean } = {},
): SourceRule => ({
  id,
  on,
  check(source) {
    if (!pattern.test(source.code)) return [];
    const lines = logicalLines(source.code);
    return lines.flatMap((line, i) => {
      if (!pattern.test(line.text)) return [];
      const around = lines
        .slice(Math.max(0, i - 4), i + 5)
        .map(({ text }) => text)
        .join('\n');
      return isMeant(line, around, source) ? [{ line: line.line, ...tell }] : [];
    });
  },
});
