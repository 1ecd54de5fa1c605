import type { Minute, MinuteReading } from '../../../lib/traffic/minutes';
import { SLOTS, shareOf, type Slot } from '../../../lib/traffic/weights';
import { BLUE, type World } from './world';

export interface Traffic {
  /** Requests a second of both slots together. */
  readonly perSecond: number;
  /** Share (0–1) of bad answers of a slot. */
  readonly errors?: (slot: Slot, at: number) => number;
  /** Whether the source knows anything at a time. */
  readonly known?: (at: number) => boolean;
}

/** A second is a period, settled after two: without chance, counts are what weights and rates make of them. */
export function trafficOf(world: World, { perSecond, errors = () => 0, known = () => true }: Traffic) {
  const shareAt = (at: number, slot: Slot): number => {
    const raised = world.lines.findLast((line) => line.type === 'raised' && Date.parse(line.at) <= at);
    return shareOf(raised?.type === 'raised' ? raised.weights : BLUE, slot);
  };
  return (from: Date, to: Date): MinuteReading => {
    const minutes: Minute[] = [];
    for (let at = Math.ceil(from.getTime() / 1000) * 1000; at + 1000 <= to.getTime(); at += 1000) {
      if (!known(at)) continue;
      const slots = Object.fromEntries(
        SLOTS.flatMap((slot) => {
          const requests = Math.round(perSecond * shareAt(at, slot));
          return requests === 0 ? [] : [[slot, { requests, errors: Math.round(requests * errors(slot, at)) }]];
        }),
      );
      minutes.push({ at: new Date(at).toISOString(), settled: at + 3000 <= to.getTime(), slots });
    }
    return { source: 'a source', periodSeconds: 1, minutes };
  };
}
