import type { MinuteCount, MinutePair } from './comparison';
import type { Counted, Minute, MinuteReading, SlotMinute } from './minutes';
import type { StageSpan } from './stage-span';
import type { Slot } from './weights';

/** The bad events of a slot's minute; undefined where its source cannot tell them. */
export function eventsOf(minute: SlotMinute, counted: Counted): number | undefined {
  if (counted === 'errors') return minute.errors;
  if (counted === 'slow') return minute.slow;
  return minute.refusals?.[counted];
}

/**
 * Requests and bad events; undefined where the slot published nothing, the source cannot tell, or what it says is no count
 * (negative, infinite, not a number).
 */
export function countOf(minute: Minute, slot: Slot, counted: Counted): MinuteCount | undefined {
  const found = minute.slots[slot];
  const events = found && eventsOf(found, counted);
  if (found === undefined || !isCount(events) || !isCount(found.requests)) return undefined;
  return { requests: found.requests, events };
}

const isCount = (value: number | undefined): value is number =>
  value !== undefined && value >= 0 && value <= Number.MAX_SAFE_INTEGER;

/** Both slots of a minute; with `share` 1 a silent old slot had nothing to do, which is known and not missing. */
export function pairOf(
  minute: Minute,
  from: Slot,
  to: Slot,
  counted: Counted,
  isWhole: boolean,
): MinutePair | undefined {
  const rising = countOf(minute, to, counted);
  const old = countOf(minute, from, counted) ?? (isWhole ? { requests: 0, events: 0 } : undefined);
  return rising && old && { from: old, to: rising };
}

/** Settled periods that lie wholly in a span, for each of the spans. */
export function minutesBySpan({ minutes, periodSeconds }: MinuteReading, spans: readonly StageSpan[]): Minute[][] {
  const bounds = spans.map(({ from, until }) => ({
    begin: Date.parse(from),
    end: until === undefined ? Infinity : Date.parse(until),
    own: [] as Minute[],
  }));
  for (const minute of minutes) {
    if (!minute.settled) continue;
    const start = Date.parse(minute.at);
    for (const { begin, end, own } of bounds)
      if (start >= begin && start + periodSeconds * 1000 <= end) own.push(minute);
  }
  return bounds.map(({ own }) => own);
}

/** Settled periods that lie wholly in a span. */
export const minutesIn = (reading: MinuteReading, span: StageSpan): Minute[] => minutesBySpan(reading, [span])[0] ?? [];

/** Whether a source tells a kind of event at all. */
export const tells = (reading: MinuteReading, counted: Counted): boolean =>
  reading.minutes.some(({ slots }) =>
    Object.values(slots).some((minute) => minute !== undefined && eventsOf(minute, counted) !== undefined),
  );
