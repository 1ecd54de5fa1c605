import { asl, CONDITION_FAILED, foreignTo, jobsTo, RULE_GONE, type AslStates } from './asl';
import {
  CATCH_ALL,
  choice,
  describeRules,
  describeTargetHealth,
  ERROR_TEXT,
  renewLock,
  targets,
  writeRules,
  type MachineTargets,
} from './machine-tasks';

/** Where the rules go back to that are never split: with most of the traffic, as lib/runner/abort.ts. */
export const FOLLOWED = "($before.blue > $before.green ? 'blue' : $before.green > $before.blue ? 'green' : $from)";

/** How long the answer about healthy nodes is waited for: a rollback does not hang on it. */
const BRIEF_READ = {
  TimeoutSeconds: 3,
  Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 1 }],
} as const;

/**
 * States that put `before` back in one jump and read it back, the same in both machines: from `RollbackRules` to one of
 * `ends`. They use the variables `before` (weights), `known` (all weights that the run may have set), `from` and `to`
 * (slots), `attempt` (from 0), `run`, `fence`, `places`, `followers`. No gate and no metric stands before them.
 */
export function rollbackStates(
  { table }: Pick<MachineTargets, 'table'>,
  ends: {
    /** Read back and true. */
    readonly done: string;
    /** Every rule had the weights already, at the first look. */
    readonly already: string;
    /** `why` says which weights no stage of the run has set. */
    readonly foreign: string;
    /** Nobody healthy to go back to: `why`. */
    readonly nobody: string;
    readonly failed: string;
    readonly lost: string;
  },
  {
    attempts,
    evenWhenBothAreDown,
  }: {
    /** With 1, 2, 4 … 60 s between them. */
    readonly attempts: number;
    /** Goes back although nobody is healthy there, when nobody is healthy on the other slot either. */
    readonly evenWhenBothAreDown: boolean;
  },
): AslStates {
  const group = (slot: string) => asl(`$lookup($places[0].targetGroups, ${slot})`);
  const failed = CATCH_ALL('RollbackFailedOnce', { why2: ERROR_TEXT });
  return {
    RollbackRules: describeRules({
      next: 'RollbackIsOurs',
      assign: { foreign: foreignTo('$append([$before], $known)'), jobs: jobsTo('$before', FOLLOWED) },
      caught: [{ errors: RULE_GONE, next: 'RollbackRuleIsGone', assign: { foreign: ERROR_TEXT } }, failed],
    }),
    // The Admin API's rule must not keep the proxy's traffic where it is.
    RollbackRuleIsGone: choice(
      [{ when: '$count($followers) > 0', next: 'RollbackRules', assign: { followers: [] } }],
      ends.foreign,
    ),
    RollbackIsOurs: choice(
      [
        { when: "$foreign != ''", next: ends.foreign },
        { when: '$count($jobs) = 0', next: ends.already },
      ],
      'HealthyBefore',
    ),
    // Not known is not none: a rollback does not wait for an answer about capacity.
    HealthyBefore: {
      ...describeTargetHealth(group('$from'), {
        next: 'IsAnybodyThere',
        assign: { healthyBefore: asl(targets("= 'healthy'")) },
        caught: [CATCH_ALL('RollbackLock')],
      }),
      ...BRIEF_READ,
    },
    IsAnybodyThere: choice(
      [{ when: '$healthyBefore = 0', next: evenWhenBothAreDown ? 'HealthyNow' : ends.nobody }],
      'RollbackLock',
    ),
    ...(evenWhenBothAreDown && {
      HealthyNow: {
        ...describeTargetHealth(group('$to'), {
          next: 'IsAnybodyHere',
          assign: { healthyNow: asl(targets("= 'healthy'")) },
          caught: [CATCH_ALL('RollbackLock')],
        }),
        ...BRIEF_READ,
      },
      IsAnybodyHere: choice([{ when: '$healthyNow > 0', next: ends.nobody }], 'RollbackLock'),
    }),
    // A table that does not answer holds up nobody; a lock that is surely another's is another matter.
    RollbackLock: {
      ...renewLock(table, "'rolling back'", {
        next: 'RollbackWrite',
        caught: [{ errors: CONDITION_FAILED, next: ends.lost }, CATCH_ALL('RollbackWrite')],
      }),
      TimeoutSeconds: 3,
      Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 0 }],
    },
    // All are tried even when one is not written; what is true is read back.
    RollbackWrite: writeRules('RollbackWrite', [failed], 'RollbackReadBack', [
      { errors: ['States.ALL'], next: 'RollbackWriteNotWritten' },
    ]),
    RollbackReadBack: describeRules({
      next: 'RollbackHolds',
      assign: { jobs: jobsTo('$before', FOLLOWED), why2: 'a rule did not take the weights' },
      caught: [failed],
    }),
    RollbackHolds: choice([{ when: '$count($jobs) = 0', next: ends.done }], 'RollbackFailedOnce'),
    RollbackFailedOnce: choice([{ when: `$attempt >= ${attempts - 1}`, next: ends.failed }], 'RollbackWait'),
    RollbackWait: {
      Type: 'Wait',
      Seconds: asl('[1, 2, 4, 8, 16, 32, 60][$min([$attempt, 6])]'),
      Assign: { attempt: asl('$attempt + 1') },
      Next: 'RollbackRules',
    },
  };
}
