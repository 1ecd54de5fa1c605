import type { Slot } from '../../lib/traffic/weights';
import type { Comparison } from './gateway';
import { percent } from './report/words';
import type { StepResult } from './steps';

type Counts = Readonly<Record<string, number>>;

export interface Rows {
  readonly atSnapshot: Counts;
  readonly green: Counts;
}

export interface Compared {
  readonly compared: number;
  readonly alike: number;
  readonly different: readonly Comparison[];
}

/** A stage as `shift start` reported it, and what chance allows. */
export interface StageSeen {
  /** Which shift of the round, from 1. */
  readonly shift: number;
  readonly slot: Slot;
  /** Fractions (0–1) of the requests. */
  readonly shareSet: number;
  readonly shareSeen: number | null;
  readonly requests: number;
  readonly outcome: string;
  /** Standard deviation of the share seen in so many requests; null when there were none. */
  readonly sigma: number | null;
  readonly withinThreeSigma: boolean | null;
}

export interface Rollback {
  /** From the answer to SetAlarmState to the answer that showed all weight back on every rule, seen from outside. */
  readonly seconds: number;
  /** The command's own figure: from the look that found the breach to verified weights. */
  readonly secondsOfCommand: number | null;
  readonly shareBefore: number;
}

export interface Version {
  readonly slot: Slot;
  readonly settings: string;
  /** What `GET /` of the slot's own Admin API says. */
  readonly reported: string;
}

/** What one upgrade found; what was not reached is left out. */
export interface RoundResult {
  readonly from: Slot;
  readonly to: Slot;
  readonly version: string;
  /** `green` stands for the new slot, whatever its colour. */
  readonly rows: Rows;
  readonly comparison: Compared;
  readonly stages: readonly StageSeen[];
  readonly rolledBack: boolean;
  readonly rollback?: Rollback;
  readonly teardown?: { readonly slot: Slot; readonly finalSnapshot: string };
  readonly versions: readonly Version[];
}

/** What the demo found; `holds` is what its exit code says. */
export interface DemoResult {
  readonly journey: 'main' | 'adopt';
  readonly holds: boolean;
  readonly failure?: string;
  readonly steps: readonly StepResult[];
  readonly seconds: number;
  readonly rows: Rows;
  readonly comparison: Compared;
  /** Requests sent through the load balancer, from before the snapshot to the very end. */
  readonly requests: { readonly sent: number; readonly failed: number; readonly failures?: readonly string[] };
  readonly ejected?: { readonly rulesBefore: number; readonly rulesAfter: number; readonly alike: boolean };
  /** Of the main road: round one, as the fields above are; every round stands in `rounds`. */
  readonly stages?: readonly StageSeen[];
  readonly rolledBack?: boolean;
  readonly rollback?: Rollback;
  readonly teardown?: RoundResult['teardown'];
  readonly versions?: readonly Version[];
  readonly rounds?: readonly RoundResult[];
  /** Whether Kong was played by the stand-in of local/kong. */
  readonly standIn?: boolean;
  /** Path of the page. */
  readonly report?: string;
}

const total = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** What was not reached has no line: a count of 0 would look like a finding. */
export function renderSummary(result: DemoResult): string {
  const lines = ['', ...(result.steps.length > 0 ? times(result) : [])];
  if (result.rounds === undefined) lines.push(...rowsAndAnswers(result.rows, result.comparison));
  for (const [index, round] of (result.rounds ?? []).entries()) lines.push(...roundLines(round, index + 1));
  const { sent, failed, failures = [] } = result.requests;
  if (sent > 0) lines.push(`requests ${sent}, failed ${failed}`, ...failures.map((failure) => `  failed: ${failure}`));
  if (result.ejected)
    lines.push(
      `rules before adoption ${result.ejected.rulesBefore}, after eject ${result.ejected.rulesAfter}, ${result.ejected.alike ? 'alike' : 'NOT alike'}`,
    );
  if (result.standIn) lines.push('Kong was played by the stand-in, which answers as 3.4.2 for every 3.4');
  if (result.report !== undefined) lines.push(`report: ${result.report}`);
  lines.push(
    result.holds ? 'everything holds' : `NOT everything holds${result.failure ? `: ${result.failure}` : ''}`,
    '',
  );
  return lines.join('\n');
}

function rowsAndAnswers({ atSnapshot, green }: Rows, { compared, alike, different }: Compared, to = 'green'): string[] {
  const lines: string[] = [];
  if (total(atSnapshot) > 0)
    lines.push(
      `rows at the snapshot ${total(atSnapshot)}, on ${to} ${total(green)}: ${Object.keys(atSnapshot)
        .map((name) => `${name} ${atSnapshot[name]}=${green[name] ?? '?'}`)
        .join(', ')}`,
    );
  if (compared > 0) lines.push(`answers compared ${compared}, alike ${alike}`);
  for (const { name, blue, green: other } of different)
    lines.push(`  differs: ${name}\n    before: ${blue}\n    after:  ${other}`);
  return lines;
}

function roundLines(round: RoundResult, number: number): string[] {
  const { from, to, version, rows, comparison, stages, rollback, teardown, versions } = round;
  const reported = versions.map(
    ({ slot, settings, reported }) => `${slot}: settings ${settings}, its Admin API says ${reported}`,
  );
  return [
    `round ${number}: ${from} → ${to}, Kong ${version}`,
    ...rowsAndAnswers(rows, comparison, to).map((line) => `  ${line}`),
    ...reported.map((line) => `  ${line}`),
    ...stages.map((stage) => `  ${stageLine(stage)}`),
    ...(rollback === undefined
      ? []
      : [
          `  rolled back from ${percent(rollback.shareBefore)} in ${rollback.seconds} s, from the breach to 100/0 seen on every rule`,
        ]),
    ...(teardown === undefined ? [] : [`  ${teardown.slot} torn down, final snapshot ${teardown.finalSnapshot}`]),
    '',
  ];
}

function stageLine({
  shift,
  slot,
  shareSet,
  shareSeen,
  requests,
  sigma,
  withinThreeSigma,
  outcome,
}: StageSeen): string {
  const set = `shift ${shift}: ${slot} set ${percent(shareSet).padStart(5)}`;
  if (shareSeen === null || sigma === null) return `${set}  ${outcome}`;
  const verdict = withinThreeSigma ? 'within 3 σ' : 'OUTSIDE 3 σ';
  return `${set}  seen ${percent(shareSeen, 2).padStart(7)} of ${String(requests).padStart(5)} requests  ${verdict} (± ${percent(3 * sigma, 2)})`;
}

function times(result: DemoResult): string[] {
  const width = Math.max(...result.steps.map((step) => step.name.length), 10);
  return [
    'step'.padEnd(width) + '  seconds',
    ...result.steps.map((step) => `${step.name.padEnd(width)}  ${step.seconds.toFixed(1).padStart(7)}  ${step.note}`),
    `${'all'.padEnd(width)}  ${result.seconds.toFixed(1).padStart(7)}`,
    '',
  ];
}
