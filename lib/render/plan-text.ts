import type { RunbookStep } from '../strategy/upgrade-plan';
import {
  NO_RETURN,
  PHASE_TITLE,
  noReturnAt,
  patchText,
  pathText,
  postgresText,
  supportText,
  type PlanDocument,
  type ShiftWords,
} from './plan-document';
import { shiftText } from './shift-text';
import { COLUMNS, harmless, heading, paint, wrap, type Paint } from './text';

/**
 * The plan for a terminal of 80 columns. With a live shift the runbook is named and not printed: what stands against the
 * shift must be on the screen.
 */
export function planText(plan: PlanDocument, { colors }: { readonly colors: boolean }, words?: ShiftWords): string {
  const colour = paint(colors);
  const { from, to, asOf, strategy, warnings, runbook, shift } = plan;
  return [
    colour.bold(`Kong ${from} → ${to} by ${strategy.name}`),
    ...wrap(`${pathText(plan)}; support of Enterprise as of ${asOf}`).map(colour.dim),
    '',
    heading('Path', colour),
    ...pathLines(plan),
    '',
    `${heading('Strategy', colour)} ${colour.bold(strategy.name)}`,
    ...wrap(strategy.why, '  '),
    ...strategy.others.flatMap(({ name, whyNot }) => wrap(`not ${name}: ${whyNot}`, '  - ')),
    ...(warnings.length === 0 ? [] : ['', heading('Warnings', colour)]),
    ...warnings.flatMap(({ code, message }) => [
      `  ${colour.yellow('!')} ${colour.bold(harmless(code))}`,
      ...wrap(message, '    '),
    ]),
    '',
    ...(shift && words
      ? [
          `${heading('Runbook', colour)} ${runbook.length} steps: kong-dual-cluster plan --from ${from} --to ${to}`,
          '',
          heading('The next shift', colour),
          ...shiftText(shift, words).flatMap((line) => line.split('\n').map(harmless)),
        ]
      : runbookLines(plan, colour)),
  ].join('\n');
}

function pathLines({ stops, hops, asOf }: PlanDocument): string[] {
  return stops.flatMap((stop, index) => {
    const hop = hops[index - 1];
    const kind = hop === undefined ? 'runs now' : hop.kind;
    return [
      `  ${stop.version.padEnd(9)} ${kind.padEnd(15)} ${supportText(stop, asOf)}`,
      ...(hop === undefined ? [] : [patchText(hop), postgresText(hop), hop.note ?? ''])
        .filter(Boolean)
        .flatMap((text) => wrap(text, ' '.repeat(12))),
    ];
  });
}

function runbookLines(plan: PlanDocument, colour: Paint): string[] {
  const { runbook } = plan;
  const barrier = noReturnAt(plan);
  const phases = (['before', 'during', 'after'] as const).filter((phase) =>
    runbook.some((step) => step.phase === phase),
  );
  const number = new Map(runbook.map((step, index) => [step, index]));
  return phases.flatMap((phase, index) => [
    ...(index === 0 ? [] : ['']),
    heading(`Runbook: ${PHASE_TITLE[phase]}`, colour),
    ...runbook
      .filter((step) => step.phase === phase)
      .flatMap((step) => [
        '',
        ...(number.get(step) === barrier ? [colour.red(`── ${NO_RETURN} `.padEnd(COLUMNS, '─')), ''] : []),
        ...stepLines(step, (number.get(step) ?? 0) + 1, colour),
      ]),
  ]);
}

function stepLines(step: RunbookStep, number: number, colour: Paint): string[] {
  const label = `${String(number).padStart(2)}. `;
  const [title = '', ...more] = wrap(step.title, label);
  return [
    colour.bold(title),
    ...more.map((line) => colour.bold(line)),
    ...wrap(`${step.who}${step.pointOfNoReturn ? '; cannot be taken back by weights' : ''}`, '    ').map(colour.dim),
    ...(step.why === undefined ? [] : wrap(step.why, '    ')),
    // A command is copied: it is never wrapped.
    ...step.commands.map((command) => colour.cyan(`      ${harmless(command)}`)),
    ...(step.files ?? []).flatMap(({ name, content }) => [
      `    file ${harmless(name)}:`,
      ...content
        .trimEnd()
        .split('\n')
        .map((line) => `      ${harmless(line)}`),
    ]),
    ...wrap(step.expected, '    expected: ', '              '),
    ...wrap(step.check, '    check:    ', '              '),
    ...wrap(step.undo, '    undo:     ', '              '),
  ];
}
