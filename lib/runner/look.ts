import type { CapacityReading } from '../deployed/capacity';
import { alarmGate, overall, requestGate, type GateResult } from '../traffic/gates';
import type { MinuteReading } from '../traffic/minutes';
import { pending } from '../traffic/shift';
import { limitsOf } from '../traffic/stage-policy';
import { spansOf } from '../traffic/stage-span';
import { errorsSeen } from '../traffic/errors-seen';
import type { Weights } from '../traffic/weights';
import { foreign, isConflict, isLost, noAnswer, told } from './failures';
import { minuteGates } from './minute-gates';
import { refuseForeignPlaces } from './roll-back';
import type { Run } from './run';

/** Periods before the first raise that the gates are given: an hour on AWS. */
const BEFORE_PERIODS = 60;

/** What is looked at: a stage with its weights and since when it has them, or a shift that waits at any of its weights. */
export interface LookAt {
  readonly weights?: Weights;
  readonly from?: Date;
}

/**
 * One look at everything. Each part is asked whatever becomes of the others: counts that are throttled, or a lock that
 * cannot be renewed, must not hide an alarm. What did not answer is no verdict; the next look may have it.
 * @returns nothing when somebody's request, met in this look, has changed what is to be done
 */
export async function look(run: Run, { weights, from }: LookAt): Promise<GateResult[]> {
  const { parts } = run;
  const { to } = run.state.start;
  const doing = pending(run.state).do;
  const now = new Date(parts.now());
  const soFar = Promise.allSettled(minutesSoFar(run, now));
  // After the minutes, which hold the counts of the stage too: a source is asked once.
  const counted = from && soFar.then(() => parts.counts(from, now)).then((seen) => (run.counts = seen));
  const others = Promise.all([Promise.allSettled([ours(run, weights), counted, nodes(run)]), soFar]);
  const [lock, alarms] = await Promise.allSettled([run.asked(), alarmsNow(run)]);
  if (isLost(lock)) throw lock.reason;
  // A breach waits for nothing else; whether the weights are ours is looked at again before they are written.
  if (alarms.status === 'fulfilled' && failing([alarms.value])) return [alarms.value];
  if (pending(run.state).do !== doing) return [];
  const [[rules, counts, capacity], minutes] = await others;
  if (rules.status === 'rejected' && isConflict(rules.reason)) throw rules.reason;
  const readings = minutes.flatMap((part) => (part.status === 'fulfilled' ? [part.value] : []));
  const { settleSeconds } = parts.router.capabilities;
  run.errors = errorsSeen(readings, spansOf(parts.journal.lines, settleSeconds).at(-1));
  const silent = [lock, rules, alarms, counts, capacity].flatMap((part) =>
    part.status === 'rejected' ? [part.reason as unknown] : [],
  );
  const ended = minutes.find((part) => part.status === 'rejected' && parts.kindOf(part.reason) === 'credentials');
  if (ended?.status === 'rejected') silent.push(ended.reason);
  const lasting = silent.find((error) => !run.isPassing(error));
  if (lasting !== undefined) throw lasting as Error;
  return [
    ...(alarms.status === 'fulfilled' ? [alarms.value] : []),
    ...(counts.status === 'fulfilled' && counts.value ? [requestGate(counts.value, to, minRequestsOf(run))] : []),
    ...(capacity.status === 'fulfilled' && capacity.value ? [capacity.value] : []),
    ...minuteGates(run.state.start, {
      lines: parts.journal.lines,
      readings,
      silent: minutes.flatMap((part) => (part.status === 'rejected' ? [told(part.reason)] : [])),
      settleSeconds,
    }),
    ...silent.map((error) => ({
      gate: 'aws',
      verdict: 'INCONCLUSIVE' as const,
      reason: noAnswer(error),
    })),
  ];
}

/** The gate whose FAIL rolls back: one that is not only told. */
export const failing = (gates: readonly GateResult[]): GateResult | undefined =>
  overall(gates) === 'FAIL' ? gates.find(({ verdict, use }) => verdict === 'FAIL' && use !== 'dryRun') : undefined;

/** Looks at the alarms alone. @returns true when one breaches: then the shift is rolling back */
export async function alarmBreaches(run: Run): Promise<boolean> {
  const gate = await alarmsNow(run);
  if (failing([gate]) === undefined) return false;
  await run.breach(gate, [gate]);
  return true;
}

async function alarmsNow(run: Run): Promise<GateResult> {
  run.breachAt = run.parts.now();
  const { alarms, onlyBreaches, gates } = run.state.start;
  const result = alarmGate(await run.parts.alarms(alarms), onlyBreaches);
  return gates === undefined || gates.alarms === 'off' ? result : { ...result, use: gates.alarms };
}

/**
 * Every minute of the shift and the hour before it, read again each time: a run that was killed knows no other, and what the
 * old slot did alone is what the soak is compared with.
 */
function minutesSoFar({ parts, state }: Run, now: Date): Promise<MinuteReading>[] {
  const first = parts.journal.lines.find(({ type }) => type === 'raised');
  if (first === undefined) return [];
  const { periodSeconds = 60 } = state.start;
  const since = new Date(Date.parse(first.at) - BEFORE_PERIODS * periodSeconds * 1000);
  return parts.minutes.map((source) => source(since, now));
}

async function ours(run: Run, weights: Weights | undefined): Promise<void> {
  const { router } = run.parts;
  if (weights === undefined) return refuseForeignPlaces(run, await router.read());
  const { holds, differences } = await router.verify(weights);
  if (!holds) throw foreign(differences.join('; '));
}

/** A rising slot that has lost its nodes: all of them end the shift, some of them a stage's end. */
async function nodes(run: Run): Promise<GateResult | undefined> {
  const { from, to } = run.state.start;
  const [rising, old] = await Promise.all([run.parts.capacity(to), run.parts.capacity(from)]);
  if (run.state.weights[to] === 0) return undefined;
  return nodeGate(rising, old);
}

export function nodeGate(rising: CapacityReading, old: CapacityReading): GateResult {
  const gate = 'nodes';
  const whole = rising.running ?? rising.registered;
  const reason = `${rising.healthy} of ${whole} nodes of ${rising.slot} are healthy`;
  // When nobody answers anywhere, going back mends nothing.
  if (rising.healthy === 0 && old.healthy > 0) return { gate, verdict: 'FAIL', reason };
  return { gate, verdict: rising.healthy > 0 && rising.healthy >= whole ? 'PASS' : 'INCONCLUSIVE', reason };
}

const minRequestsOf = ({ state: { start, stage } }: Run): number =>
  limitsOf(start.stages[stage] ?? {}, start).minRequests;
