import { needsAction, type Severity } from '../compatibility/finding';
import { summaryOf, type Checked } from '../compatibility/summary';
import {
  CATEGORY_TITLE,
  counted,
  type FindingGroup,
  fixOf,
  grouped,
  placeOf,
  told,
  WHEN_TITLE,
  whereOf,
} from './grouped-findings';
import { harmless, heading, paint, wrap, type Paint } from './text';

/** What a check found, for a terminal of 80 columns. */
export function findingsText(checked: Checked, { colors }: { readonly colors: boolean }): string {
  const colour = paint(colors);
  const { target, upgrade, findings } = checked;
  return [
    colour.bold(harmless(`${target}: Kong ${upgrade.from.toString()} → ${upgrade.to.toString()}`)),
    ...wrap(totals(checked)),
    ...grouped(findings).flatMap(({ when, count, categories }) => [
      '',
      `${heading(WHEN_TITLE[when], colour)} ${colour.dim(`(${count})`)}`,
      ...categories.flatMap(({ category, groups }) => [
        '',
        `  ${colour.bold(CATEGORY_TITLE[category])}`,
        ...groups.flatMap((group) => ['', ...groupLines(group, colour)]),
      ]),
    ]),
  ].join('\n');
}

/** `12 findings, 9 need action: 5 breaking, 4 renamed; 3 mended in new.yaml`. */
export function totals(checked: Checked): string {
  const { findings, needAction, bySeverity, rewritten, wrote, rules } = summaryOf(checked);
  const asked = rules.length === 0 ? '' : ` of ${counted(rules.length, 'rule')}`;
  if (findings === 0) return `nothing found${asked}${wrote === null ? '' : `; wrote ${wrote}`}`;
  const severities = Object.entries(bySeverity).map(([severity, count]) => `${count} ${severity}`);
  const action = needAction === 0 ? 'none needs action' : `${needAction} need${needAction === 1 ? 's' : ''} action`;
  const written = wrote === null ? '' : `; ${counted(rewritten, 'finding')} mended in ${wrote}`;
  return `${counted(findings, 'finding')}, ${action}: ${severities.join(', ')}${written}`;
}

function groupLines({ id, severity, findings }: FindingGroup, colour: Paint): string[] {
  const [first] = findings;
  if (first === undefined) return [];
  const { message, fix, shown, hidden } = told(findings);
  return [
    `  ${mark(severity, colour)} ${colour.bold(harmless(id))} ${colour.dim(`· ${severity}`)}`,
    ...(message === undefined ? [] : wrap(message, '    ')),
    ...shown.flatMap((finding) => [
      ...wrap(`${placeOf(finding)}  ${whereOf(finding)}`, '    - ', '      '),
      ...(message === undefined ? wrap(finding.message, '      ') : []),
      ...(fix === undefined ? wrap(fixOf(finding), '      ') : []),
    ]),
    ...(hidden > 0
      ? [colour.dim(`    … and ${counted(hidden, 'more place', 'more places')} (--output json has all)`)]
      : []),
    ...(fix === undefined ? [] : wrap(fix, '    ')),
    ...(first.sources[0] === undefined ? [] : [colour.dim(`    source: ${harmless(first.sources[0])}`)]),
  ];
}

function mark(severity: Severity, { red, yellow, dim }: Paint): string {
  if (!needsAction({ severity })) return dim('·');
  return severity === 'breaking' || severity === 'removed' ? red('✖') : yellow('!');
}
