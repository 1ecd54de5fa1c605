import pc from 'picocolors';

/** A terminal pane of the usual width; what is longer is wrapped, commands and links excepted: they are copied. */
export const COLUMNS = 80;

export type Paint = Pick<
  ReturnType<typeof pc.createColors>,
  'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan' | 'blue'
>;

export const paint = (colors: boolean): Paint => pc.createColors(colors);

/**
 * Breaks at spaces; a word that is longer than the line stays whole. Control characters, which could move the cursor of
 * whoever reads a foreign file's findings, become spaces.
 * @param first what stands before the first line
 * @param rest what stands before each other one (@default as many spaces)
 */
export function wrap(text: string, first = '', rest = ' '.repeat(first.length)): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of harmless(text).split(/ +/).filter(Boolean)) {
    if (!empty && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  lines.push(line.trimEnd());
  return lines;
}

/** Without control characters, escape sequences and the marks that turn the direction of writing. */
export const harmless = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]+/g, ' ');

export const heading = (text: string, { bold }: Paint): string => bold(harmless(text).toUpperCase());
