import type { Slot } from './weights';

/** PASS lets a stage end, FAIL rolls back, INCONCLUSIVE waits: missing data is never PASS. */
export type Verdict = 'PASS' | 'FAIL' | 'INCONCLUSIVE';

/**
 * gate: a stage ends only when it passes, and its FAIL rolls back; watch: its FAIL rolls back, but a stage may end without its
 * verdict; dryRun: it is told and counts for nothing; off: it is not asked.
 */
export type GateUse = 'gate' | 'watch' | 'dryRun' | 'off';

export interface GateResult {
  /** `alarms`, `requests`, `comparison`, `sampleRatio`, …; `aws` where it did not answer. */
  readonly gate: string;
  readonly verdict: Verdict;
  /** What was seen, in words: shown to people, written to the journal. */
  readonly reason: string;
  /** How its verdict counts. @default gate */
  readonly use?: Exclude<GateUse, 'off'>;
  /** Seconds until a verdict is to be expected if the traffic stays as it is; absent when nobody can tell. */
  readonly needsSeconds?: number;
}

/** An alarm as CloudWatch holds it; `MISSING` when there is none of this name. */
export interface AlarmReading {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'MISSING';
  readonly reason?: string;
}

/** Requests that the slots got in a stage; undefined where nothing was published, which is not zero. */
export type RequestCounts = Readonly<Record<Slot, number | undefined>>;

/**
 * FAIL on any alarm that is breaching; a missing alarm or one without data does not pass.
 * @param onlyBreaches alarms that fail in ALARM and say nothing otherwise: one that treats missing data as good is OK
 *   without having seen a request
 */
export function alarmGate(alarms: readonly AlarmReading[], onlyBreaches: readonly string[] = []): GateResult {
  const gate = 'alarms';
  const breaching = alarms.filter(({ state }) => state === 'ALARM');
  if (breaching.length > 0) {
    return {
      gate,
      verdict: 'FAIL',
      reason: breaching.map(({ name, reason }) => `${name} is in ALARM${reason ? ` (${reason})` : ''}`).join('; '),
    };
  }
  const told = alarms.filter(({ name, state }) => state === 'MISSING' || !onlyBreaches.includes(name));
  const silent = told.filter(({ state }) => state !== 'OK');
  if (silent.length > 0) {
    return {
      gate,
      verdict: 'INCONCLUSIVE',
      reason: silent
        .map(({ name, state }) => `${name} ${state === 'MISSING' ? 'does not exist any more' : 'has no data yet'}`)
        .join('; '),
    };
  }
  if (told.length === 0) {
    const reason = alarms.length === 0 ? 'no alarm is watched' : 'no alarm that sees the traffic is watched';
    return { gate, verdict: 'INCONCLUSIVE', reason };
  }
  const others = alarms.length - told.length;
  const rest = others > 0 ? `; ${others} of the edge count only in ALARM` : '';
  return { gate, verdict: 'PASS', reason: `${told.length} alarms OK${rest}` };
}

/**
 * Whether the rising slot was asked often enough for its silence to mean anything.
 * @param minRequests from 0; with 0 the gate passes without looking
 */
export function requestGate(counts: RequestCounts, to: Slot, minRequests: number): GateResult {
  const gate = 'requests';
  const seen = counts[to];
  if (minRequests === 0) return { gate, verdict: 'PASS', reason: 'no minimum is set' };
  if (seen === undefined)
    return { gate, verdict: 'INCONCLUSIVE', reason: `no request count of ${to} was published yet` };
  return seen >= minRequests
    ? { gate, verdict: 'PASS', reason: `${seen} requests on ${to}` }
    : { gate, verdict: 'INCONCLUSIVE', reason: `${seen} of ${minRequests} requests on ${to}` };
}

/**
 * FAIL if any fails, else INCONCLUSIVE if any is, else PASS; no gate at all is INCONCLUSIVE. A dry run counts for nothing, a
 * watched gate by its FAIL alone.
 */
export function overall(all: readonly GateResult[]): Verdict {
  const results = all.filter(({ use, verdict }) => use !== 'dryRun' && (use !== 'watch' || verdict === 'FAIL'));
  if (results.some(({ verdict }) => verdict === 'FAIL')) return 'FAIL';
  return results.length > 0 && results.every(({ verdict }) => verdict === 'PASS') ? 'PASS' : 'INCONCLUSIVE';
}

/** Fraction (0–1) of the requests that a slot was seen to get; undefined without any data. */
export function shareSeen(counts: RequestCounts, slot: Slot): number | undefined {
  const total = (counts.blue ?? 0) + (counts.green ?? 0);
  return total === 0 ? undefined : (counts[slot] ?? 0) / total;
}
