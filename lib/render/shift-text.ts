import { findingLine } from '../finding';
import { durationOf } from '../traffic/duration';
import { percent } from '../traffic/plan';
import type { ShiftOutlook, ShiftWords } from './plan-document';

/** What a shift would do, a line a stage. */
export function shiftText(outlook: ShiftOutlook, { title, configWrites, next }: ShiftWords): string[] {
  const { to, stages, totalSeconds, maxExtensionSeconds, alarms, findings } = outlook;
  return [
    title,
    '',
    ...stages.map(
      ({ stage, share, weights, bakeSeconds, afterSeconds }) =>
        `  ${String(stage).padStart(2)}. ${percent(share).padStart(6)} on ${to}   blue ${weights.blue} : green ${weights.green}   ${stage === stages.length ? 'soak' : 'bake'} ${durationOf(bakeSeconds)}   until ${durationOf(afterSeconds)}`,
    ),
    `  in all ${durationOf(totalSeconds)} when every gate passes at once; a stage without data waits ${durationOf(maxExtensionSeconds)} longer, then the shift holds`,
    `  rolled back by any of ${alarms.length} alarms:`,
    ...alarms.map((name) => `    ${name}`),
    '',
    `config writes: ${configWrites}`,
    '',
    ...findings.map(findingLine),
    '',
    ...next,
  ];
}
