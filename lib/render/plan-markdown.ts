import type { RunbookStep } from '../strategy/upgrade-plan';
import { durationOf } from '../traffic/duration';
import { percent } from '../traffic/plan';
import { codeBlock, codeSpan, inline, prose, sourceMarkdown, table } from './markdown';
import {
  NO_RETURN,
  PHASE_TITLE,
  noReturnAt,
  patchText,
  pathText,
  postgresText,
  supportText,
  type PlanDocument,
  type ShiftOutlook,
  type ShiftWords,
  atMost,
  stageNotes,
} from './plan-document';

/** The plan, to be pasted into a ticket: each step of the runbook is a box to tick. */
export function planMarkdown(plan: PlanDocument, words?: ShiftWords): string {
  const { from, to, asOf, strategy, warnings, shift } = plan;
  return [
    `# Kong ${inline(from)} → ${inline(to)} by ${strategy.name}`,
    '',
    `${inline(pathText(plan))}; support of Enterprise as of ${inline(asOf)}.`,
    '',
    '## Path',
    '',
    ...table(
      ['stop', 'hop', 'support', 'patch', 'database'],
      plan.stops.map((stop, index) => {
        const hop = plan.hops[index - 1];
        return [
          inline(stop.version),
          hop === undefined ? 'runs now' : hop.kind,
          inline(supportText(stop, asOf)),
          hop === undefined ? '' : inline(patchText(hop)),
          hop === undefined ? '' : inline(postgresText(hop)),
        ];
      }),
    ),
    ...plan.hops.flatMap(({ from: start, to: end, note }) =>
      note === undefined ? [] : ['', `${inline(start)} → ${inline(end)}: ${prose(note)}`],
    ),
    '',
    `## Strategy: ${strategy.name}`,
    '',
    prose(strategy.why),
    '',
    ...strategy.others.map(({ name, whyNot }) => `- not ${name}: ${prose(whyNot)}`),
    ...(warnings.length === 0 ? [] : ['', '## Warnings', '']),
    ...warnings.map(({ code, message }) => `- ${codeSpan(code)}: ${prose(message)}`),
    ...(shift && words ? ['', ...shiftLines(shift, words)] : []),
    ...runbookLines(plan),
  ].join('\n');
}

function runbookLines(plan: PlanDocument): string[] {
  const barrier = noReturnAt(plan);
  let phase: RunbookStep['phase'] | undefined;
  return plan.runbook.flatMap((step, index) => {
    const begins = step.phase !== phase;
    phase = step.phase;
    return [
      ...(begins ? ['', `## Runbook: ${PHASE_TITLE[step.phase].toLowerCase()}`] : []),
      ...(index === barrier ? ['', `> **${NO_RETURN}.**`] : []),
      '',
      ...stepLines(step, index + 1),
    ];
  });
}

function stepLines(step: RunbookStep, number: number): string[] {
  const inside = (lines: readonly string[]): string[] => lines.map((line) => (line === '' ? '' : `  ${line}`));
  return [
    `- [ ] **${number}. ${prose(step.title)}** (${inline(step.who)}${step.pointOfNoReturn ? '; cannot be taken back by weights' : ''})`,
    ...(step.why === undefined ? [] : ['', `  ${prose(step.why)}`]),
    ...(step.commands.length === 0 ? [] : ['', ...inside(codeBlock(step.commands, 'sh'))]),
    ...(step.files ?? []).flatMap(({ name, content }) => [
      '',
      `  file ${codeSpan(name)}:`,
      '',
      ...inside(codeBlock(content.trimEnd().split('\n'))),
    ]),
    '',
    `  - expected: ${prose(step.expected)}`,
    `  - check: ${prose(step.check)}`,
    `  - undo: ${prose(step.undo)}`,
    ...(step.sources.length === 0 ? [] : [`  - sources: ${step.sources.map(sourceMarkdown).join(', ')}`]),
  ];
}

const shiftLines = (shift: ShiftOutlook, words: ShiftWords): string[] => [
  '## The next shift',
  '',
  `${inline(words.title)}, ${durationOf(shift.totalSeconds)} in all${atMost(shift.worstSeconds)}; ${shift.ready ? 'nothing stands against it' : 'it would be refused'}.`,
  '',
  ...table(
    ['stage', `share of ${shift.to}`, 'blue : green', 'watched', 'until'],
    shift.stages.map(({ stage, share, weights, bakeSeconds, afterSeconds }) => [
      String(stage),
      percent(share),
      `${weights.blue} : ${weights.green}`,
      durationOf(bakeSeconds),
      durationOf(afterSeconds),
    ]),
  ),
  '',
  ...shift.stages.flatMap((each) => stageNotes(each).map((note) => `- stage ${each.stage}: ${prose(note)}`)),
  ...(words.traffic === undefined ? [] : [`- traffic: ${prose(words.traffic)}`]),
  '',
  `Config writes: ${prose(words.configWrites)}`,
  '',
  ...shift.findings.map(
    ({ ok, what, found, mend }) =>
      `- ${ok ? 'ok' : '**NOT**'} ${inline(what)}: ${prose(found)}${ok || !mend ? '' : ` — ${prose(mend)}`}`,
  ),
  '',
  ...words.next.map((line) => `- ${prose(line)}`),
];
