import { harmless } from './text';

/** Columns that a character takes on a terminal: East Asian wide ones and pictures take two. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{10000}-\u{10ffff}]/u;
const columnOf = (sign: string): number => (WIDE.test(sign) ? 2 : 1);

/** Columns of a text without control characters. */
export const columnsOf = (text: string): number => [...text].reduce((total, sign) => total + columnOf(sign), 0);

/** Breaks at spaces, and inside a word that is longer than a line: a picture that is redrawn must know its own height. */
export function foldLines(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of harmless(text).split(/ +/).filter(Boolean)) {
    const width = columnsOf(word);
    if (used > 0 && used + 1 + width <= columns) {
      line += ` ${word}`;
      used += 1 + width;
      continue;
    }
    if (used > 0) lines.push(line);
    line = '';
    used = 0;
    for (const sign of word) {
      const own = columnOf(sign);
      if (used + own > columns && used > 0) {
        lines.push(line);
        line = '';
        used = 0;
      }
      line += sign;
      used += own;
    }
  }
  return [...lines, line];
}
