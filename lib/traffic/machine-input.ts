import { EXIT, KongDualClusterError } from '../errors';
import { durationOf } from './duration';
import type { WhenInconclusive } from './plan';
import { weightsOfStage } from './shift';
import type { ShiftStart } from './shift-events';
import type { ShiftRecord } from './shift-record';
import type { Slot, Weights } from './weights';
import { HOST } from './machine-tasks';

/** Input of an execution of the shift machine: the plan, checked by the command, with everything computed that can be. */
export interface MachineInput {
  readonly run: string;
  /** Who asked for it. */
  readonly by: string;
  readonly from: Slot;
  readonly to: Slot;
  readonly weightsBefore: Weights;
  /** Weights that the rules are known to have now. */
  readonly weights: Weights;
  readonly stages: readonly {
    readonly share: number;
    readonly bakeSeconds: number;
    readonly approval: boolean;
    readonly maxExtensionSeconds: number;
    readonly whenInconclusive: WhenInconclusive;
    readonly weights: Weights;
  }[];
  readonly alarms: readonly string[];
  /** Nodes that the rising slot needs at the least; more when the other slot has more by then. */
  readonly nodes: number;
  /** Stage to begin with, from 0, and whether a person has approved it. */
  readonly stage: number;
  readonly approved: boolean;
  readonly resumed: boolean;
  /** Seconds between two looks, and while it is paused or waits for approval. */
  readonly turnSeconds: number;
  readonly idleSeconds: number;
  /** Looks that the history of an execution has room for. */
  readonly turns: number;
  readonly start: Omit<ShiftStart, 'reading'>;
  /** What the machine's record says beside the phase. */
  readonly record: Omit<ShiftRecord, 'phase' | 'stage' | 'share' | 'changedAt' | 'known' | 'journal'>;
}

/** Entries of an execution's history (Step Functions quotas: 25,000), with some to spare for retries. */
const HISTORY = 23_000;
/** Of one look: a wait, the lock, alarms, rules, gates (5 each as tasks), and their choices. */
const EVENTS_A_TURN = 28;
/** Of one stage, beside its looks: capacity, records, reads around the write; and of each rule written. */
const EVENTS_A_STAGE = 110;
const EVENTS_A_RULE = 14;
/**
 * What a state is told may have 256 KiB (Step Functions quotas), and DescribeAlarms tells all of an alarm: its description
 * (1 KiB at the most), why it is in its state in words and as data (1 and 4 KiB), its actions and dimensions.
 */
const MOST_ALARMS = 40;
/** Most seconds between two looks: an alarm of CloudWatch is no faster. */
const MOST_SECONDS = 60;

export interface Beginning {
  readonly by: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly nodes: number;
  readonly rules: number;
  /** Where it goes on, for a shift that was held or stopped. */
  readonly from?: { readonly stage: number; readonly weights: Weights; readonly approved: boolean };
}

/** @throws KongDualClusterError SHIFT_TOO_LONG_FOR_AWS (exit 64), SHIFT_TOO_MANY_ALARMS (exit 64) */
export function machineInput(start: ShiftStart, { by, startedAt, nodes, rules, from }: Beginning): MachineInput {
  const stages = start.stages.map((stage, index) => ({
    share: stage.share,
    bakeSeconds: stage.bakeSeconds,
    approval: stage.approval ?? false,
    maxExtensionSeconds: stage.maxExtensionSeconds ?? start.maxExtensionSeconds,
    whenInconclusive: stage.whenInconclusive ?? start.gates?.whenInconclusive ?? 'hold',
    weights: weightsOfStage(start, index),
  }));
  if (start.alarms.length > MOST_ALARMS) {
    throw new KongDualClusterError(
      'SHIFT_TOO_MANY_ALARMS',
      `the state machine looks at ${MOST_ALARMS} alarms at most`,
      {
        found: String(start.alarms.length),
        remedy: 'join some in a composite alarm, or run the shift from here: shift start without --on aws',
        exitCode: EXIT.usage,
      },
    );
  }
  const { reading: _, ...told } = start;
  const { turnSeconds, turns } = turnsOf(stages, rules);
  const shortest = Math.min(...stages.map(({ bakeSeconds }) => bakeSeconds));
  return {
    run: start.run,
    by,
    from: start.from,
    to: start.to,
    weightsBefore: start.weightsBefore,
    weights: from?.weights ?? start.weightsBefore,
    stages,
    alarms: start.alarms,
    nodes,
    stage: from?.stage ?? 0,
    approved: from?.approved ?? false,
    resumed: from !== undefined,
    turnSeconds,
    idleSeconds: Math.max(1, Math.min(30, Math.ceil(shortest / 5))),
    turns,
    start: told,
    record: {
      run: start.run,
      from: start.from,
      to: start.to,
      stages: stages.length,
      startedAt,
      account: start.account,
      region: start.region,
      stackIds: start.stackIds,
      weightsBefore: start.weightsBefore,
      host: HOST,
    },
  };
}

/**
 * How often an execution looks: every 10 s (a fifth of a shorter bake), or as seldom as the longest course of the plan must
 * have it for its history to hold it.
 */
export function turnsOf(
  stages: readonly { readonly bakeSeconds: number; readonly maxExtensionSeconds: number }[],
  rules: number,
): { readonly turnSeconds: number; readonly turns: number } {
  const turns = Math.floor((HISTORY - stages.length * (EVENTS_A_STAGE + rules * EVENTS_A_RULE)) / EVENTS_A_TURN);
  const longest = stages.reduce((sum, stage) => sum + stage.bakeSeconds + stage.maxExtensionSeconds, 0);
  const shortest = Math.min(...stages.map(({ bakeSeconds }) => bakeSeconds));
  const wanted = Math.max(1, Math.min(10, Math.ceil(shortest / 5)));
  const turnSeconds = Math.max(wanted, Math.ceil(longest / Math.max(1, turns)));
  if (turns < 1 || turnSeconds > MOST_SECONDS) {
    throw new KongDualClusterError('SHIFT_TOO_LONG_FOR_AWS', 'one execution of Step Functions cannot hold this plan', {
      found: `${durationOf(longest)} with all extensions, in ${stages.length} stages; a look every ${MOST_SECONDS} s makes room for ${durationOf(Math.max(0, turns) * MOST_SECONDS)}`,
      remedy: 'shorter bakes or a shorter --max-extension, or run the shift from here: shift start without --on aws',
      exitCode: EXIT.usage,
    });
  }
  return { turnSeconds, turns };
}
