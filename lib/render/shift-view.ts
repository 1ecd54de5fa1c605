import { counted } from './grouped-findings';
import { durationOf } from '../traffic/duration';
import { shareSeen, type GateResult, type RequestCounts } from '../traffic/gates';
import { percent } from '../traffic/plan';
import { isFinished, pending, weightsOfStage, type ShiftState } from '../traffic/shift';
import type { JournalLine } from '../traffic/shift-events';
import type { ShiftPhase } from '../traffic/shift-record';
import { limitsOf } from '../traffic/stage-policy';
import { stageResults, type StageResult } from '../traffic/stage-results';
import type { Slot, Weights } from '../traffic/weights';

/** A look at a stage: by the process that watches it, or as the journal has it. */
export interface Look {
  readonly gates: readonly GateResult[];
  readonly counts?: RequestCounts;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What is known of a shift at a moment. */
export interface ShiftKnown {
  readonly state: ShiftState;
  readonly lines: readonly JournalLine[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The newest look; without it the journal's. */
  readonly look?: Look;
  /** What the runner waits for at the moment, in words. */
  readonly waits?: string;
  /** When the dead-man timer fires, milliseconds since the epoch; absent where none stands. */
  readonly timerAt?: number;
  /** Whether somebody runs it. @default true */
  readonly isRun?: boolean;
}

/** A shift as it is shown: plain data, the `view` of `--output json`. */
export interface ShiftView {
  readonly system: string;
  readonly run: string;
  readonly from: Slot;
  readonly to: Slot;
  readonly phase: ShiftPhase;
  /** Why it is held, rolled back or in conflict. */
  readonly reason?: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Since then, until now or until it ended. */
  readonly seconds: number;
  /** Weights that were verified last. */
  readonly weights: Weights;
  readonly stages: readonly StageView[];
  readonly next: NextStep;
  /** When the dead-man timer fires unless somebody gives a sign of life, ISO 8601; null where none stands. */
  readonly backByItselfAt: string | null;
}

export interface StageView {
  /** From 1. */
  readonly stage: number;
  /** Share (0–1) that the stage sets, and the weights that are that share. */
  readonly share: number;
  readonly weights: Weights;
  readonly bakeSeconds: number;
  /** Whether it waits for a person's approval before it is raised. */
  readonly approval: boolean;
  readonly outcome: StageResult['outcome'] | 'to come' | 'raising' | 'waits for approval';
  /** Share (0–1) seen, and requests on both slots; null where nothing was counted. */
  readonly shareSeen: number | null;
  readonly requests: number | null;
  /** Since its weights are set, or between that and its end; null for one that was not raised. */
  readonly seconds: number | null;
  /** The newest verdicts. */
  readonly gates: readonly GateResult[];
  /** How old they are, seconds; null where there are none. */
  readonly gatesAgeSeconds: number | null;
}

/** What comes next, when, and what a person can do about it. */
export interface NextStep {
  readonly text: string;
  /** Until then, if the gates pass; absent where nobody can tell. */
  readonly inSeconds?: number;
  readonly commands: readonly { readonly to: string; readonly command: string }[];
  readonly needsPerson: boolean;
}

/** @throws nothing: any prefix of any journal can be shown */
export function shiftView(known: ShiftKnown): ShiftView {
  const { state, lines, now, timerAt } = known;
  const { start, phase, reason, weights } = state;
  const startedAt = lines[0]?.at ?? new Date(now).toISOString();
  const until = isFinished(phase) || phase === 'rollback failed' ? timeOf(lines.at(-1), now) : now;
  const results = stageResults(lines);
  return {
    system: start.system,
    run: start.run,
    from: start.from,
    to: start.to,
    phase,
    ...(reason !== undefined && { reason }),
    startedAt,
    seconds: Math.max(0, Math.round((until - Date.parse(startedAt)) / 1000)),
    weights,
    stages: start.stages.map((_, index) => stageView(known, index, results)),
    next: nextStep(known),
    backByItselfAt: timerAt === undefined ? null : new Date(timerAt).toISOString(),
  };
}

function stageView(known: ShiftKnown, index: number, results: readonly StageResult[]): StageView {
  const { state, now } = known;
  const { share, bakeSeconds, approval = false } = state.start.stages[index]!;
  const result = results.find(({ stage }) => stage === index + 1);
  const isNow = result?.outcome === 'under way';
  const look = lookAt(known, index, isNow);
  const seen = isNow ? look?.counts : undefined;
  const requests = isNow ? (seen ? (seen.blue ?? 0) + (seen.green ?? 0) : null) : (result?.requests ?? null);
  return {
    stage: index + 1,
    share,
    weights: weightsOfStage(state.start, index),
    bakeSeconds,
    approval,
    outcome: outcomeOf(state, index, result),
    shareSeen: isNow ? (seen ? (shareSeen(seen, state.start.to) ?? null) : null) : (result?.shareSeen ?? null),
    requests,
    seconds: result === undefined ? null : isNow ? elapsedOf(known) : result.seconds,
    gates: look?.gates ?? [],
    gatesAgeSeconds: look ? Math.max(0, Math.round((now - look.at) / 1000)) : null,
  };
}

function outcomeOf({ phase, stage, heldBy }: ShiftState, index: number, result: StageResult | undefined) {
  if (index === stage && (phase === 'raising' || phase === 'planned') && result?.outcome !== 'passed') return 'raising';
  if (index === stage && phase === 'held' && heldBy === 'approval') return 'waits for approval';
  if (index === stage && (phase === 'held' || phase === 'conflict')) return phase;
  // A shift that was resumed where its first lines are not known has passed what lies behind it.
  return result?.outcome ?? (index < stage ? 'passed' : 'to come');
}

/** The newest verdicts of a stage since it was raised last; the runner's own are newer than the journal's. */
function lookAt({ lines, look }: ShiftKnown, index: number, isNow: boolean): Look | undefined {
  const since = lines.findLastIndex((line) => line.type === 'raised' && line.stage === index);
  if (since < 0) return undefined;
  if (isNow && look && look.at >= Date.parse(lines[since]!.at)) return look;
  const line = lines
    .slice(since)
    .findLast((each) => (each.type === 'looked' || each.type === 'passed') && each.stage === index);
  if (line?.type !== 'looked' && line?.type !== 'passed') return undefined;
  return { gates: line.gates, at: Date.parse(line.at), ...(line.counts && { counts: line.counts }) };
}

/** Seconds since the stage under way has its weights. */
function elapsedOf({ lines, now }: ShiftKnown): number {
  return Math.max(
    0,
    Math.round(
      (now -
        timeOf(
          lines.findLast(({ type }) => type === 'raised'),
          now,
        )) /
        1000,
    ),
  );
}

const timeOf = (line: JournalLine | undefined, otherwise: number): number =>
  line === undefined ? otherwise : Date.parse(line.at);

const ON = { to: 'go on with', command: 'kong-dual-cluster shift resume' };
const BACK = { to: 'go back with', command: 'kong-dual-cluster shift abort' };

function nextStep(known: ShiftKnown): NextStep {
  const { state, waits, isRun = true } = known;
  const { start, phase, stage, reason = '', heldBy, weights } = state;
  const { from, to, stages } = start;
  const wait = waits === undefined ? '' : `; waits: ${waits}`;
  const next = pending(state);
  const share = percent(stages[stage]?.share ?? 0);
  if (!isRun && next.do !== 'nothing' && next.do !== 'wait')
    return person('nothing by itself: NOBODY RUNS THIS SHIFT and nobody watches the alarms', [ON, BACK]);
  switch (next.do) {
    case 'ask':
      return byItself(`it asks for an approval before ${share} on ${to}`);
    case 'raise':
      return byItself(`now: raise to ${share} on ${to}${wait}`);
    case 'bake':
      return afterBake(known, wait);
    case 'finish':
      return byItself(`now: the last look at the weights, then it is done${wait}`);
    case 'roll back':
      return byItself(`now: back to ${from}${wait}`);
    case 'wait':
      if (phase === 'conflict')
        return person('nothing by itself: somebody else changed the weights, and nothing is fought', [
          BACK,
          {
            to: 'or set the share of the stage and go on with',
            command: 'kong-dual-cluster shift set, then shift resume',
          },
        ]);
      return heldBy === 'approval'
        ? person(`${share} on ${to}, when a person approves`, [{ ...ON, to: 'approve with' }, BACK])
        : person(`nothing by itself: held${reason === '' ? '' : `: ${reason}`}`, [ON, BACK]);
    case 'nothing':
      if (phase === 'rollback failed')
        return person('THE ROLLBACK FAILED', [{ to: 'at once', command: 'kong-dual-cluster shift abort' }]);
      if (phase === 'rolled back')
        return person(`everything is on ${from} again: mend what failed`, [
          { to: 'then', command: 'kong-dual-cluster shift start' },
        ]);
      return person(
        weights[from] > 0 ? 'both slots serve' : `look at ${to} as long as you need; ${from} still runs`,
        weights[from] > 0
          ? [{ to: 'go on with', command: `kong-dual-cluster shift start --to ${to}` }]
          : [{ to: 'then', command: 'kong-dual-cluster teardown' }],
      );
  }
}

function afterBake(known: ShiftKnown, wait: string): NextStep {
  const { start, stage } = known.state;
  const { stages, to } = start;
  const bake = stages[stage]?.bakeSeconds ?? 0;
  const elapsed = elapsedOf(known);
  const following = stages[stage + 1];
  const then =
    following === undefined
      ? 'done'
      : following.approval
        ? `an approval is asked for ${percent(following.share)} on ${to}`
        : `raise to ${percent(following.share)}`;
  if (elapsed < bake) {
    const inSeconds = bake - elapsed;
    return { ...byItself(`in ${durationOf(inSeconds)}: ${then} if the gates pass${wait}`), inSeconds };
  }
  const { maxExtensionSeconds, whenInconclusive } = limitsOf(stages[stage] ?? {}, {
    ...start,
    ...(start.gates && { whenInconclusive: start.gates.whenInconclusive }),
  });
  const left = Math.max(0, bake + maxExtensionSeconds - elapsed);
  const open = lookAt(known, stage, true)?.gates.filter(
    ({ verdict, use = 'gate' }) => verdict === 'INCONCLUSIVE' && use === 'gate',
  );
  const needs = Math.max(0, ...(open ?? []).map(({ needsSeconds = 0 }) => needsSeconds));
  const missing = open?.length
    ? `${counted(open.length, 'gate')} without a verdict (${open.map(({ gate }) => gate).join(', ')})`
    : 'the verdict';
  const end =
    whenInconclusive === 'extend'
      ? 'it is watched on for as long as it takes'
      : `after ${durationOf(left)} without one it ${whenInconclusive === 'abort' ? 'goes back' : 'holds'}`;
  return {
    ...byItself(`waits for ${missing}, then ${then}; ${end}${wait}`),
    ...(needs > 0 && { inSeconds: needs }),
  };
}

const byItself = (text: string): NextStep => ({ text, commands: [], needsPerson: false });
const person = (text: string, commands: NextStep['commands']): NextStep => ({ text, commands, needsPerson: true });
