import { harmless } from './text';
import { linkOf } from './links';
import { spans } from './spans';

/** Text of somebody else's inside a line of Markdown: nothing in it marks up, links or is HTML. */
export const inline = (text: string): string => inlinePart(text).trim();

const inlinePart = (text: string): string => harmless(text).replace(/[\\`*_{}[\]<>#|~!&]/g, (sign) => `\\${sign}`);

/** `code`, with as many backticks around it as it needs. */
export function codeSpan(text: string): string {
  const content = harmless(text).trim();
  const longest = Math.max(0, ...[...content.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const room = content.startsWith('`') || content.endsWith('`') ? ' ' : '';
  // A pipe would end the cell of a table even inside a code span.
  return `${fence}${room}${content.replaceAll('|', '\\|')}${room}${fence}`;
}

/** Sentences in which what stands between backticks is code. */
export const prose = (text: string): string =>
  spans(text)
    .map(({ isCode, content }) => (isCode ? codeSpan(content) : inlinePart(content)))
    .join('')
    .trim();

/** A block of lines to copy. */
export function codeBlock(lines: readonly string[], language = ''): string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence];
}

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);

export function sourceMarkdown(source: string): string {
  const link = linkOf(source);
  if (link === undefined) return inline(source);
  return link === source ? `<${link}>` : `[${inline(source)}](${link})`;
}
