import type { Finding } from '../finding';
import { supportOn as supportOfMinor, releaseOf } from '../release/catalogue';
import { KongVersion } from '../release/kong-version';
import type { UpgradePlan } from '../strategy/upgrade-plan';
import { durationOf } from '../traffic/duration';
import type { StageNeeds } from '../traffic/samples-needed';
import type { TrafficNow } from '../traffic/traffic-now';
import type { Slot, Weights } from '../traffic/weights';

/** Everything that `plan` says, as `--output json` prints it. */
export interface PlanDocument extends UpgradePlan {
  /** The version that runs and where each hop ends, with its support on the day of `asOf`. */
  readonly stops: readonly PlanStop[];
  /** What the next shift would do, where the plan is of a deployed system. */
  readonly shift?: ShiftOutlook;
}

export interface PlanStop {
  readonly version: string;
  /** Days of Kong Gateway Enterprise, `2023-03-02`; undefined where Kong names none. */
  readonly released?: string;
  readonly fullSupportUntil?: string;
  /** After full support: help with migrating to a later version. */
  readonly sunsetUntil?: string;
}

/** The plan with the dates of its stops. */
export function planDocument(plan: UpgradePlan): PlanDocument {
  const { from, to, hops, asOf } = plan;
  const ends = hops.map(({ to: end }, index) => (index === hops.length - 1 ? to : end));
  return { ...plan, stops: [from, ...ends].map((version) => stopOf(version, asOf)) };
}

function stopOf(version: string, day: string): PlanStop {
  const minor = KongVersion.parse(version).minor();
  const support = supportOfMinor(minor, day);
  const released = releaseOf(minor)?.enterprise?.released;
  return {
    version,
    ...(released !== undefined && { released }),
    ...(support && { fullSupportUntil: support.endOfFullSupport, sunsetUntil: support.endOfSunset }),
  };
}

/** What a shift on the deployed system would do, read live. */
export interface ShiftOutlook {
  readonly from: Slot;
  readonly to: Slot;
  readonly stages: readonly ShiftStage[];
  readonly totalSeconds: number;
  /** When every stage waits as long as it may; null when one may wait for ever, absent where nobody worked it out. */
  readonly worstSeconds?: number | null;
  readonly maxExtensionSeconds: number;
  /** Of the live slot: what the stages' needs are worked out from. */
  readonly traffic?: TrafficNow;
  readonly alarms: readonly string[];
  readonly freeze: Readonly<Record<string, unknown>>;
  /** Nothing stands against it. */
  readonly ready: boolean;
  readonly findings: readonly Finding[];
  readonly teardown: { readonly slot: Slot; readonly token: string | null };
}

export interface ShiftStage {
  /** From 1. */
  readonly stage: number;
  readonly share: number;
  readonly weights: Weights;
  readonly bakeSeconds: number;
  readonly afterSeconds: number;
  /** What the router makes of the share, where it rounds: `asked 2 %, held 1.95 %`. */
  readonly note?: string;
  /** What the gates need for a verdict at the traffic there is. */
  readonly needs?: StageNeeds;
}

/** Lines below a stage: what is rounded, what its verdict needs, and what to do where it cannot have one. */
export const stageNotes = ({ note, needs }: Pick<ShiftStage, 'note' | 'needs'>): string[] => [
  ...(note === undefined ? [] : [note]),
  ...(needs === undefined ? [] : [needs.text, ...needs.advice.map((advice) => `or ${advice}`)]),
];

/** What it takes when every stage waits as long as it may. */
export const atMost = (worstSeconds: number | null | undefined): string => {
  if (worstSeconds === undefined) return '';
  return worstSeconds === null ? ', without an end when one waits' : `, ${durationOf(worstSeconds)} when each waits`;
};

/** What a person is told of the outlook in words. */
export interface ShiftWords {
  /** `kong: blue (Kong 2.8) → green (Kong 3.4)`. */
  readonly title: string;
  readonly configWrites: string;
  /** Of the live slot, in one line. */
  readonly traffic?: string;
  /** What comes next, a line each. */
  readonly next: readonly string[];
}

export type Support = 'full' | 'sunset' | 'ended' | 'unknown';

/** Support of a stop on a day; the last day counts. */
export function supportOn({ fullSupportUntil, sunsetUntil }: PlanStop, day: string): Support {
  if (fullSupportUntil === undefined) return 'unknown';
  if (day <= fullSupportUntil) return 'full';
  return sunsetUntil !== undefined && day <= sunsetUntil ? 'sunset' : 'ended';
}

/** `full support until 2025-03-26`. */
export function supportText(stop: PlanStop, day: string): string {
  switch (supportOn(stop, day)) {
    case 'full':
      return `full support until ${stop.fullSupportUntil}`;
    case 'sunset':
      return `sunset support until ${stop.sunsetUntil}`;
    case 'ended':
      return `support ended ${stop.sunsetUntil ?? stop.fullSupportUntil}`;
    case 'unknown':
      return 'no support dates known';
  }
}

export const PHASE_TITLE = {
  before: 'Before',
  during: 'During',
  after: 'After',
} as const;

export const NO_RETURN = 'Point of no return: from here weights alone do not bring the old state back';

/** `2.8 → 3.4 → 3.10`. */
export const pathText = ({ from, hops, to }: PlanDocument): string =>
  [from, ...hops.slice(0, -1).map((hop) => hop.to), to].join(' → ');

/** `install 3.4.3.25 (Enterprise) or 3.4.2 (open source)`. */
export function patchText({ latestPatch: { enterprise, oss } }: PlanDocument['hops'][number]): string {
  const patches = [enterprise && `${enterprise} (Enterprise)`, oss && `${oss} (open source)`].filter(Boolean);
  return patches.length === 0 ? '' : `newest patch known: ${patches.join(', ')}`;
}

export const postgresText = ({ postgres }: PlanDocument['hops'][number]): string =>
  postgres === undefined || postgres.length === 0 ? '' : `PostgreSQL ${postgres.join(', ')}`;

/** Position, from 0, of the first step that weights do not take back; -1 without one. */
export const noReturnAt = ({ runbook }: PlanDocument): number =>
  runbook.findIndex(({ pointOfNoReturn }) => pointOfNoReturn);
