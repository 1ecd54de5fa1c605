import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, type Result } from './harness';

type Areas = Readonly<Record<string, readonly Result[]>>;
const alike = (results: readonly Result[]): number =>
  results.filter(({ difference }) => difference === undefined).length;

/** `admin: x of y alike, migrations: x of y, ...` */
export const reportLine = (areas: Areas): string =>
  Object.entries(areas)
    .map(([area, results], index) => `${area}: ${alike(results)} of ${results.length}${index === 0 ? ' alike' : ''}`)
    .join(', ');

/** Ids and times vary from run to run; the file should not. */
const steady = (text: string): string =>
  text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replace(/\|/g, '\\|')
    .replace(/\s+/g, ' ')
    .slice(0, 260);

/** Writes local/kong/DIFFERENCES.md: the counts, and every exchange that is not answered alike. */
export function writeDifferences(areas: Areas): void {
  const lines = [
    '# Where the stand-in differs from real Kong',
    '',
    'Written by `WRITE_DIFFERENCES=1 npx jest test/real/kong --selectProjects real`; the same test holds the counts. Compared are',
    'status, exit code, body or text. Taken out before: ids, dates, seconds left, keys made by chance, certificates (the private',
    'keys of the recordings are not public), key order, Lua stack traces, the memory and connection counts of /status,',
    'the header X-Kong-Stand-In-Not-Executed. Where a recorded status body is cut short, the status alone is compared.',
    '`expected ≠ found`: what real Kong answered, and what the stand-in does.',
    '',
    '| area | alike | of |',
    '| --- | --- | --- |',
    ...Object.entries(areas).map(([area, results]) => `| ${area} | ${alike(results)} | ${results.length} |`),
  ];
  for (const [area, results] of Object.entries(areas)) {
    const different = results.filter(({ difference }) => difference !== undefined);
    if (different.length === 0) continue;
    lines.push('', `## ${area}`, '', '| exchange | difference |', '| --- | --- |');
    for (const { name, difference } of different) lines.push(`| ${steady(name)} | ${steady(difference ?? '')} |`);
  }
  writeFileSync(join(ROOT, 'local/kong/DIFFERENCES.md'), `${lines.join('\n')}\n`);
}
