import { SLOTS, shareOf, type Slot, type Weights } from '../../traffic/weights';

/** Answers of the zone's own name servers to many queries for one name: the values of each, sorted. */
export interface Sample {
  readonly asked: number;
  /** Of those that were answered at all; an empty list is an answer without a value. */
  readonly answers: readonly (readonly string[])[];
}

/** Values that a slot's record may answer with. */
export type SlotValues = Readonly<Record<Slot, readonly string[]>>;

export interface Counted extends Readonly<Record<Slot, number>> {
  /** Answers that are of neither slot, or of both. */
  readonly neither: number;
  readonly unanswered: number;
}

/** Which slot each answer is of. */
export function counted({ asked, answers }: Sample, values: SlotValues): Counted {
  const count = { blue: 0, green: 0, neither: 0, unanswered: asked - answers.length };
  for (const answer of answers) {
    const slots = SLOTS.filter((slot) => answer.length > 0 && answer.every((value) => values[slot].includes(value)));
    count[slots.length === 1 ? slots[0]! : 'neither'] += 1;
  }
  return count;
}

/** Whether any value is of both slots, so that an answer tells nothing. */
export const areTheSame = ({ blue, green }: SlotValues): boolean => blue.some((value) => green.includes(value));

/** Standard deviations that a sampled share may be away: chance alone does it once in 150,000 samples. */
const DEVIATIONS = 4.5;
/** Share of queries (0–1) that may get no answer, or one of neither slot. */
const MOST_UNCLEAR = 0.1;

/** differs: the answers do not follow the weights; unclear: they do not tell. */
export interface Against {
  readonly is: 'differs' | 'unclear';
  readonly found: string;
}

/**
 * What stands against the answers following the weights; undefined when nothing does. A slot without weight must never be
 * answered; one with weight at least once, or a share that is too small for the sample would be taken on trust.
 */
export function against(count: Counted, weights: Weights): Against | undefined {
  const why = unclear(count);
  if (why !== undefined) return { is: 'unclear', found: why };
  const { blue, green } = count;
  const clear = blue + green;
  const found = SLOTS.map((slot) => misfit(slot, count[slot], clear, weights[slot])).find(Boolean);
  if (found !== undefined) return { is: 'differs', found };
  const share = shareOf(weights, 'green');
  const bound = DEVIATIONS * Math.sqrt(clear * share * (1 - share)) + 1;
  if (Math.abs(green - clear * share) <= bound) return undefined;
  return {
    is: 'differs',
    found: `green is in ${green} of ${clear} answers, its weight means ${Math.round(clear * share)} ± ${Math.round(bound)}`,
  };
}

/** Why answers tell nothing; undefined when they do. */
export function unclear({ blue, green, neither, unanswered }: Counted): string | undefined {
  const all = blue + green + neither + unanswered;
  if (unanswered > all * MOST_UNCLEAR) return `${unanswered} of ${all} queries had no answer`;
  return neither > all * MOST_UNCLEAR ? `${neither} of ${all} answers are the records of neither slot` : undefined;
}

function misfit(slot: Slot, seen: number, clear: number, weight: number): string | undefined {
  if (weight === 0 && seen > 0)
    return `${slot} has weight 0 and is in ${seen} of ${clear} answers: Route 53 does that while every record with a weight is unhealthy`;
  if (weight > 0 && seen === 0) return `${slot} has weight ${weight} and is in none of ${clear} answers`;
  return undefined;
}
