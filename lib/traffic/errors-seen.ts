import { minutesIn } from './counted';
import type { RequestCounts } from './gates';
import type { MinuteReading } from './minutes';
import type { StageSpan } from './stage-span';
import { SLOTS } from './weights';

/**
 * Errors by slot in the settled periods of a stage, from the source that counted most requests in them. A slot that published
 * nothing is absent; undefined where no source has a settled period of this stage.
 */
export function errorsSeen(
  readings: readonly MinuteReading[],
  span: StageSpan | undefined,
): Partial<RequestCounts> | undefined {
  if (span === undefined) return undefined;
  const counted = readings.map((reading) => {
    const minutes = minutesIn(reading, span);
    const slots = SLOTS.map((slot) => ({ slot, own: minutes.flatMap(({ slots }) => slots[slot] ?? []) }));
    const requests = slots.flatMap(({ own }) => own).reduce((total, each) => total + each.requests, 0);
    return { requests, slots: slots.filter(({ own }) => own.length > 0) };
  });
  const [most] = counted.filter(({ slots }) => slots.length > 0).sort((a, b) => b.requests - a.requests);
  if (most === undefined) return undefined;
  return Object.fromEntries(
    most.slots.map(({ slot, own }) => [slot, own.reduce((total, { errors }) => total + errors, 0)]),
  );
}
