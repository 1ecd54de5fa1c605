import { KongDualClusterError } from '../errors';
import { percent } from './plan';
import type { HeldBy, ShiftEvent, ShiftStart } from './shift-events';
import type { ShiftPhase } from './shift-record';
import { weightsFor, type Weights } from './weights';

/**
 * A shift as a fold of its journal. `after(state, event)` is the reducer, `pending(state)` what is to be done next: both
 * pure, so that a run that was killed anywhere goes on from its journal and the live weights alone.
 */
export interface ShiftState {
  readonly start: ShiftStart;
  readonly phase: ShiftPhase;
  /** Index into the plan's stages, from 0. */
  readonly stage: number;
  /** Weights that the router is known to have had last. */
  readonly weights: Weights;
  /** The last stage that needs no approval any more: it was given, or its raise was begun. */
  readonly approved?: number;
  readonly heldBy?: HeldBy;
  /** Why it is held, rolled back or in conflict. */
  readonly reason?: string;
}

export type Pending =
  /** A person is to say `shift resume` before this stage is raised. */
  | { readonly do: 'ask'; readonly stage: number; readonly share: number }
  | { readonly do: 'raise'; readonly stage: number; readonly expected: readonly Weights[]; readonly to: Weights }
  | { readonly do: 'bake'; readonly stage: number; readonly seconds: number; readonly weights: Weights }
  | { readonly do: 'finish' }
  | { readonly do: 'roll back'; readonly why: string }
  /** Nothing by itself: a person goes on with `shift resume` or `shift abort`. */
  | { readonly do: 'wait' }
  /** It has ended. */
  | { readonly do: 'nothing' };

/** @throws KongDualClusterError JOURNAL_DAMAGED when the first event is not `started` */
export function begin(event: ShiftEvent): ShiftState {
  if (event.type !== 'started') throw damaged(event.type);
  const { type: _, ...start } = event;
  return { start, phase: 'planned', stage: 0, weights: start.weightsBefore };
}

/** The state of a journal. @throws KongDualClusterError JOURNAL_DAMAGED */
export function fold(events: readonly ShiftEvent[]): ShiftState {
  const [first, ...rest] = events;
  if (first === undefined) throw damaged('no line');
  return rest.reduce(after, begin(first));
}

/** The reducer. An event that does not belong to the phase leaves it as it is: a journal is never an error at 3 a.m. */
export function after(state: ShiftState, event: ShiftEvent): ShiftState {
  // What a run appends that does not know yet that it was ended elsewhere changes nothing; going back after the end does.
  if (state.phase === 'rolled back') return state;
  if (state.phase === 'done' && event.type !== 'rolling back' && event.type !== 'rolled back') return state;
  const { heldBy: _, reason: __, ...open } = state;
  switch (event.type) {
    case 'started':
    case 'looked':
      return state;
    case 'raising':
      return { ...open, phase: 'raising', stage: event.stage, approved: event.stage };
    case 'raised':
      return {
        ...open,
        phase: isLast(state, event.stage) ? 'soaking' : 'baking',
        stage: event.stage,
        weights: event.weights,
      };
    case 'passed':
      return {
        ...open,
        phase: isLast(state, event.stage) ? 'soaked' : 'planned',
        stage: event.stage + (isLast(state, event.stage) ? 0 : 1),
      };
    case 'held':
      return { ...open, phase: 'held', heldBy: event.by, reason: event.why };
    case 'resumed':
      // The whole bake again: nobody watched meanwhile.
      if (state.phase !== 'held' && state.phase !== 'conflict') return state;
      return { ...open, phase: 'planned', ...(state.heldBy === 'approval' && { approved: state.stage }) };
    case 'rolling back':
      return { ...open, phase: 'rolling back', reason: event.why };
    case 'rolled back':
      return {
        ...open,
        phase: 'rolled back',
        weights: state.start.weightsBefore,
        ...(state.reason !== undefined && { reason: state.reason }),
      };
    case 'rollback failed':
      return { ...open, phase: 'rollback failed', reason: event.why };
    case 'conflict':
      return { ...open, phase: 'conflict', reason: event.found };
    case 'done':
      return { ...open, phase: 'done' };
  }
}

/** What the state asks for; the same again after a crash, because doing it twice does no harm. */
export function pending(state: ShiftState): Pending {
  const { phase, stage, start } = state;
  const wanted = weightsOfStage(start, stage);
  switch (phase) {
    case 'planned':
    case 'raising':
      if (needsApproval(state)) return { do: 'ask', stage, share: start.stages[stage]?.share ?? 0 };
      // A run killed between two rules left some at the old weights and some at the new ones.
      return { do: 'raise', stage, expected: [state.weights, wanted], to: wanted };
    case 'baking':
    case 'soaking':
      return { do: 'bake', stage, seconds: start.stages[stage]?.bakeSeconds ?? 0, weights: wanted };
    case 'soaked':
      return { do: 'finish' };
    case 'rolling back':
      return { do: 'roll back', why: state.reason ?? '' };
    case 'held':
    case 'conflict':
      return { do: 'wait' };
    case 'rolled back':
    case 'rollback failed':
    case 'done':
      return { do: 'nothing' };
  }
}

/** Whether a person is still to agree to the stage. What was begun had been agreed to. */
const needsApproval = ({ start, stage, approved = -1 }: ShiftState): boolean =>
  start.stages[stage]?.approval === true && approved < stage;

/** Phases that nothing leaves, but for going back after the end. */
export const ENDED: ReadonlySet<ShiftPhase> = new Set(['rolled back', 'done']);

/** A shift that another one may follow. */
export const isFinished = (phase: ShiftPhase): boolean => ENDED.has(phase);

/** What the weights of a stage are. */
export function weightsOfStage(
  { stages, to, scale }: Pick<ShiftStart, 'stages' | 'to' | 'scale'>,
  stage: number,
): Weights {
  return weightsFor(stages[stage]?.share ?? 0, to, scale);
}

/** Weights that the shift has set or may have set so far. */
export const knownWeights = ({ start, stage }: Pick<ShiftState, 'start' | 'stage'>): Weights[] => [
  start.weightsBefore,
  ...start.stages.slice(0, stage + 1).map((_, index) => weightsOfStage(start, index)),
];

/** `stage 2 of 4, baking at 25 %`: for people, in the lock and in `status`. */
export function doing({ phase, stage, start, heldBy }: ShiftState): string {
  const share = percent(start.stages[stage]?.share ?? 0);
  const where = `stage ${stage + 1} of ${start.stages.length}`;
  if (phase === 'baking' || phase === 'soaking') return `${where}, ${phase} at ${share}`;
  if (phase === 'raising' || phase === 'planned') return `${where}, raising to ${share}`;
  if (phase === 'held' && heldBy === 'approval') return `${where}, waiting for approval to raise to ${share}`;
  if (phase === 'held') return `${where}, held by ${heldBy ?? 'gates'} at ${share}`;
  return `${where}, ${phase}`;
}

/** Killed before its first line, when nothing was written to any rule yet; or the line was lost since. */
const damaged = (found: string): KongDualClusterError =>
  new KongDualClusterError('JOURNAL_DAMAGED', 'the journal does not begin with the start of a shift', {
    found,
    remedy:
      '`kong-dual-cluster shift abort` needs no journal: it puts the weights back by the edge’s table; then shift start',
  });

const isLast = ({ start }: ShiftState, stage: number): boolean => stage === start.stages.length - 1;
