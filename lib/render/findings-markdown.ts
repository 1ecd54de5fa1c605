import { type Checked } from '../compatibility/summary';
import { totals } from './findings-text';
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
import { codeSpan, inline, prose, sourceMarkdown } from './markdown';

/** What a check found, to be pasted into a ticket. */
export function findingsMarkdown(checked: Checked): string {
  const { target, upgrade, findings } = checked;
  return [
    `# ${inline(target)}: Kong ${inline(upgrade.from.toString())} → ${inline(upgrade.to.toString())}`,
    '',
    inline(totals(checked)),
    ...grouped(findings).flatMap(({ when, count, categories }) => [
      '',
      `## ${WHEN_TITLE[when]} (${count})`,
      ...categories.flatMap(({ category, groups }) => [
        '',
        `### ${CATEGORY_TITLE[category]}`,
        ...groups.flatMap((group) => ['', ...groupLines(group)]),
      ]),
    ]),
  ].join('\n');
}

function groupLines({ id, severity, findings }: FindingGroup): string[] {
  const [first] = findings;
  if (first === undefined) return [];
  const { message, fix, shown, hidden } = told(findings);
  return [
    `- [ ] ${codeSpan(id)} (${severity})${message === undefined ? '' : `: ${prose(message)}`}`,
    ...shown.map((finding) =>
      [
        `  - ${codeSpan(placeOf(finding))} ${inline(whereOf(finding))}`,
        ...(message === undefined ? [`: ${prose(finding.message)}`] : []),
        ...(fix === undefined ? [` — ${prose(fixOf(finding))}`] : []),
      ].join(''),
    ),
    ...(hidden > 0 ? [`  - … and ${counted(hidden, 'more place', 'more places')}`] : []),
    ...(fix === undefined ? [] : [`  - ${prose(fix)}`]),
    ...(first.sources[0] === undefined ? [] : [`  - source: ${sourceMarkdown(first.sources[0])}`]),
  ];
}
