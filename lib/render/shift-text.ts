import { durationOf } from '../traffic/duration';
import { percent } from '../traffic/plan';
import { counted } from './grouped-findings';
import { atMost, stageNotes, type ShiftOutlook, type ShiftWords } from './plan-document';
import { wrap } from './text';

/** What a shift would do, a line a stage. */
export function shiftText(outlook: ShiftOutlook, { title, configWrites, next, traffic }: ShiftWords): string[] {
  const { to, stages, totalSeconds, worstSeconds, maxExtensionSeconds, alarms, findings } = outlook;
  return [
    title,
    '',
    ...stages.flatMap((each) => {
      const { stage, share, weights, bakeSeconds, afterSeconds } = each;
      return [
        `  ${String(stage).padStart(2)}. ${percent(share).padStart(6)} on ${to}   blue ${weights.blue} : green ${weights.green}   ${stage === stages.length ? 'soak' : 'bake'} ${durationOf(bakeSeconds)}   until ${durationOf(afterSeconds)}`,
        ...stageNotes(each).flatMap((note) => wrap(note, '      ')),
      ];
    }),
    ...(traffic === undefined ? [] : wrap(traffic, '  traffic: ')),
    ...wrap(
      `in all ${durationOf(totalSeconds)} when every gate passes at once${atMost(worstSeconds)}; a stage without a verdict waits ${durationOf(maxExtensionSeconds)} longer, then the shift holds`,
      '  ',
    ),
    `  rolled back by any of ${counted(alarms.length, 'alarm')}:`,
    ...alarms.map((name) => `    ${name}`),
    '',
    ...wrap(configWrites, 'config writes: '),
    '',
    // What mends it may be a command, which is copied: it is not wrapped.
    ...findings.flatMap(({ ok, what, found, mend }) => [
      ...wrap(`${what}: ${found}`, ok ? 'ok   ' : 'NOT  '),
      ...(ok || !mend ? [] : [`     ${mend}`]),
    ]),
    '',
    ...next,
  ];
}
