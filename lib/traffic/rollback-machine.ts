import { asl, CONDITION_FAILED, jobsTo, PATIENT_READ, type AslDefinition } from './asl';
import {
  CATCH_ALL,
  choice,
  describeRules,
  ERROR_TEXT,
  getItem,
  putItem,
  releaseLock,
  renewLock,
  S,
  takeLock,
  type MachineTargets,
} from './machine-tasks';
import { FOLLOWED, rollbackStates } from './rollback-states';
import type { ShiftPhase } from './shift-record';

/** Input of an execution; `run` or `execution` says what is to be rolled back, `why` goes into the record. */
export interface RollbackInput {
  readonly run?: string;
  /** ARN of the shift machine's execution that ended; another one that goes on with the same run is left alone. */
  readonly execution?: string;
  readonly why: string;
}

/** Why nothing was written; the execution succeeds, because that is what it is for. */
export type RollbackOutcome =
  'rolled back' | 'already back' | 'no record' | 'not mine' | 'ended' | 'foreign weights' | 'nobody healthy';

/** A write of whoever held the lock may still be on its way for so long, seconds (lib/runner/abort.ts). */
const LATE_WRITE_SECONDS = 3;
/** Nobody watches it, so it tries for a quarter of an hour, with a minute between the later attempts. */
const ATTEMPTS = 20;
/** Nodes of the old slot that are away may come back for so long; it looks every so many seconds. */
const NODES_MS = 600_000;
const NODES_LOOK_SECONDS = 20;
const TAKEN = 'the lock was taken meanwhile';
/** The shift's record as it was just read. */
const RECORD =
  "$exists($states.result.Item.record.S) ? $parse($states.result.Item.record.S) : {'run': '', 'phase': '', 'journal': ''}";

/**
 * Puts the weights back to where they were before a run, when nobody else does: started by the dead-man timer (EventBridge
 * Scheduler) and by the end of a shift execution that did not end by itself. It writes only for the run that the edge's table
 * names, that has not ended, whose weights are the live ones, and to a slot that has a healthy node: an old timer or an old
 * execution cannot move a later run. It takes the lock with a higher fence number, so that a half-dead runner writes nothing
 * any more. Doing it twice does no harm.
 */
export function rollbackMachine(all: MachineTargets): AslDefinition {
  const { table } = all;
  const outcome = (name: RollbackOutcome, found: string) => ({ outcome: name, found: asl(found) });
  const record = (phase: ShiftPhase, reason: string, next: string, assign?: Record<string, unknown>) =>
    putItem(
      table,
      {
        id: { S: 'shift' },
        record: S(
          `$string($merge([$record, {'phase': '${phase}', 'changedAt': $now(), 'reason': ${reason}${phase === 'rolled back' ? ", 'share': $lookup($before, $to) / ($before.blue + $before.green)" : ''}}]))`,
        ),
      },
      { next, ...(assign && { assign }), caught: [CATCH_ALL(next, assign)] },
      {},
    );
  return {
    Comment: 'kong-dual-cluster: puts the weights back to where they were before a run, with its checks',
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    TimeoutSeconds: 2 * 3600,
    States: {
      Begin: {
        Type: 'Pass',
        Assign: {
          places: all.places,
          followers: all.followers,
          asked: asl('$states.input'),
          why: asl("$exists($states.input.why) ? $states.input.why : 'asked for'"),
          outcome: asl("''"),
          found: asl("''"),
          foreign: asl("''"),
          attempt: 0,
          begun: asl('$millis()'),
          request: asl("''"),
          why2: asl("''"),
        },
        Output: {},
        Next: 'Record',
      },
      Record: {
        ...getItem(table, 'shift', { next: 'IsThere', assign: { record: asl(RECORD) } }),
        ...PATIENT_READ,
      },
      IsThere: choice(
        [
          { when: "$record.run = ''", next: 'Nothing', assign: outcome('no record', "'the table holds no shift'") },
          {
            when: `$not($exists($asked.run) or $exists($asked.execution))
              or ($exists($asked.run) and $asked.run != $record.run)
              or ($exists($asked.execution) and $asked.execution != $record.journal)`,
            next: 'Nothing',
            assign: outcome('not mine', "'the last shift is run ' & $record.run & ' (' & $record.journal & ')'"),
          },
          {
            when: "$record.phase in ['rolled back', 'done']",
            next: 'Nothing',
            assign: outcome('ended', "'run ' & $record.run & ' is ' & $record.phase"),
          },
          {
            when: "$record.phase = 'conflict'",
            next: 'Nothing',
            assign: outcome('foreign weights', "'in conflict: ' & $record.reason"),
          },
        ],
        'TakeLock',
        {
          run: asl('$record.run'),
          before: asl('$record.weightsBefore'),
          known: asl('$exists($record.known) ? $record.known : []'),
          from: asl('$record.from'),
          to: asl('$record.to'),
        },
      ),
      // Only from the run itself: another command that is at work has the lock.
      TakeLock: {
        ...takeLock(
          table,
          {
            run: '$run',
            command: 'rollback machine',
            by: '$states.context.Execution.Id',
            doing: "'rolling back: ' & $why",
          },
          {
            next: 'RecordAgain',
            caught: [
              {
                errors: CONDITION_FAILED,
                next: 'Nothing',
                assign: outcome('not mine', "'another run holds the lock'"),
              },
            ],
          },
        ),
        ...PATIENT_READ,
      },
      // What was true before the lock was ours may not be any more.
      RecordAgain: {
        ...getItem(table, 'shift', { next: 'IsSame', assign: { latest: asl(RECORD) } }),
        ...PATIENT_READ,
      },
      IsSame: choice(
        [
          {
            when: "$latest.run = $record.run and $latest.journal = $record.journal and $not($latest.phase in ['rolled back', 'done', 'conflict'])",
            next: 'RollbackRules',
            assign: {
              outcome: 'already back',
              record: asl('$latest'),
              known: asl('$exists($latest.known) ? $latest.known : []'),
            },
          },
        ],
        'Release',
        outcome('ended', "'run ' & $latest.run & ' is ' & $latest.phase"),
      ),
      ...rollbackStates(
        all,
        {
          done: 'Wrote',
          already: 'Settle',
          foreign: 'Foreign',
          nobody: 'Nobody',
          failed: 'StillMineToFail',
          lost: 'Lost',
        },
        { attempts: ATTEMPTS, evenWhenBothAreDown: false },
      ),
      Wrote: { Type: 'Pass', Assign: { outcome: 'rolled back' }, Next: 'Settle' },
      // The write of a run that was just stopped may still be on its way.
      Settle: { Type: 'Wait', Seconds: LATE_WRITE_SECONDS, Next: 'SettledRules' },
      SettledRules: describeRules({
        next: 'HoldsStill',
        assign: { jobs: jobsTo('$before', FOLLOWED), why2: 'a write of the run came late' },
        caught: [CATCH_ALL('RollbackFailedOnce', { why2: ERROR_TEXT })],
      }),
      HoldsStill: choice([{ when: '$count($jobs) = 0', next: 'StillMine' }], 'RollbackFailedOnce'),
      // The record may be a later run's by now.
      StillMine: renewLock(table, "'rolled back'", {
        next: 'RecordRolledBack',
        caught: [
          { errors: CONDITION_FAILED, next: 'Nothing', assign: { found: TAKEN } },
          CATCH_ALL('RecordRolledBack'),
        ],
      }),
      StillMineToFail: renewLock(table, "'rollback failed'", {
        next: 'RecordFailed',
        caught: [{ errors: CONDITION_FAILED, next: 'Lost' }, CATCH_ALL('RecordFailed')],
      }),
      RecordRolledBack: record('rolled back', '$why', 'Release'),
      RecordFailed: record('rollback failed', "$why & '; ' & $why2", 'Release', { outcome: 'failed' }),
      Foreign: { Type: 'Pass', Assign: { outcome: 'foreign weights', found: asl('$foreign') }, Next: 'Release' },
      Nobody: choice([{ when: `$millis() - $begun >= ${NODES_MS}`, next: 'NobodyCame' }], 'WaitForNodes'),
      WaitForNodes: { Type: 'Wait', Seconds: NODES_LOOK_SECONDS, Next: 'RollbackRules' },
      NobodyCame: {
        Type: 'Pass',
        Assign: { outcome: 'nobody healthy', found: asl("$from & ' has no healthy node'") },
        Next: 'Release',
      },
      Lost: { Type: 'Pass', Assign: { outcome: 'not mine', found: TAKEN }, Next: 'Nothing' },
      Release: releaseLock(table, { next: 'HasFailed', caught: [CATCH_ALL('HasFailed')] }),
      HasFailed: choice([{ when: "$outcome = 'failed'", next: 'RollbackFailed' }], 'Nothing'),
      RollbackFailed: { Type: 'Fail', Error: 'RollbackFailed', Cause: asl('$why2') },
      Nothing: { Type: 'Succeed', Output: { outcome: asl('$outcome'), found: asl('$found') } },
    },
  };
}
