import { asl, CONDITION_FAILED, foreignTo, jobsTo, PASSING, RULE_GONE, type AslDefinition, type AslState } from './asl';
import {
  CATCH_ALL,
  choice,
  clearRequest,
  describeAlarms,
  describeRules,
  describeTargetHealth,
  ERROR_TEXT,
  putItem,
  releaseLock,
  renewLock,
  S,
  takeLock,
  targets,
  writeRules,
  type MachineTargets,
} from './machine-tasks';
import { rollbackStates } from './rollback-states';
import type { ShiftPhase } from './shift-record';

export interface ShiftMachineTargets extends MachineTargets {
  /** Lambda function that judges the gates of a stage (lib/handlers/gates), the same code as the runner's. */
  readonly gatesFunctionArn: string;
}

/** Seconds until a shift is given up that nobody goes on with: an approval that nobody gives. A day is not enough. */
const TIMEOUT_SECONDS = 7 * 24 * 3600;

/**
 * The shift as a state machine. The plan is the input of an execution (machine-input.ts), so that another plan needs no
 * deployment; what is compiled in are the places it may write. One loop: renew the lock, look at alarms and rules, then
 * go on as `mode` says (raise, bake, approval, paused). Each change of phase is written to the edge's table, as the runner
 * does, and handed on as `journal`, the runner's events, for those who follow.
 *
 * Ends: Done; Held (traffic stays, `shift resume`); RolledBack, Conflict, RollbackFailed, LockLost and Refused fail, so that they
 * are seen. An execution that fails otherwise, is stopped or timed out is rolled back by the rollback machine.
 */
export function shiftMachine(all: ShiftMachineTargets): AslDefinition {
  const { table } = all;
  const of = (key: string) => `$lookup($plan.stages[$stage], '${key}')`;
  const wanted = of('weights');
  const toRollback = CATCH_ALL('RollingBack', { why: ERROR_TEXT });
  const lost = { errors: CONDITION_FAILED, next: 'LockLost' };
  const gone = { errors: RULE_GONE, next: 'Conflict', assign: { foreign: ERROR_TEXT } };

  /** Writes the record that `status`, `abort` and `teardown` read, and tells the journal's lines. */
  const record = (
    phase: ShiftPhase,
    events: string,
    next: string,
    more: { readonly assign?: Record<string, unknown>; readonly reason?: string; readonly anyway?: boolean } = {},
  ): AslState =>
    putItem(
      table,
      {
        id: { S: 'shift' },
        record: S(`$string($merge([$plan.record, {
          'phase': '${phase}', 'stage': $stage + 1, 'changedAt': $now(), 'journal': $states.context.Execution.Id,
          'share': $lookup($weights, $plan.to) / ($weights.blue + $weights.green),
          'known': $append([$plan.weightsBefore], $plan.stages[[0..$stage]].weights)
        }${more.reason === undefined ? '' : `, {'reason': ${more.reason}}`}]))`),
      },
      {
        next,
        ...(more.assign && { assign: more.assign }),
        // The end of a rollback must not hang on the table.
        caught: [more.anyway ? CATCH_ALL(next, more.assign) : toRollback],
      },
      { journal: asl(`[${events}]`) },
    );

  /** A hold: the traffic stays as it is. */
  const held = (next: string, outcome?: string): AslState =>
    record('held', "{'type': 'held', 'by': $by, 'why': $why}", next, {
      reason: '$why',
      assign: { mode: 'paused', outcome: outcome ?? asl("''"), approved: false },
      anyway: true,
    });
  /** What the gates know of the stages of this execution. */
  const raised = {
    lines: asl("[$append($lines, {'type': 'raised', 'stage': $stage, 'weights': $weights, 'at': $now()})]"),
  };
  const hold = (by: string, why: string) => ({ by, why: asl(why) });
  /** Not by `and`: not every JSONata leaves its right side alone when the left one is false, and an empty text is no JSON. */
  const asks = (what: 'pause' | 'resume', when: string) =>
    `${when} ? ($request = '' ? false : $parse($request).what = '${what}') : false`;

  return {
    Comment: 'kong-dual-cluster: moves the traffic from one slot to the other in guarded stages',
    QueryLanguage: 'JSONata',
    StartAt: 'Begin',
    TimeoutSeconds: TIMEOUT_SECONDS,
    States: {
      Begin: {
        Type: 'Pass',
        Assign: {
          places: all.places,
          followers: all.followers,
          plan: asl('$states.input'),
          run: asl('$states.input.run'),
          before: asl('$states.input.weightsBefore'),
          from: asl('$states.input.from'),
          to: asl('$states.input.to'),
          stage: asl('$states.input.stage'),
          weights: asl('$states.input.weights'),
          approved: asl('$states.input.approved'),
          turns: asl('$states.input.turns'),
          mode: 'raise',
          waiting: asl('$millis()'),
          since: 0,
          attempt: 0,
          known: [],
          jobs: [],
          request: asl("''"),
          foreign: asl("''"),
          breach: asl("''"),
          alarms: [],
          lines: [],
          gates: [],
          counts: {},
          decision: {},
          why: asl("''"),
          why2: asl("''"),
          by: asl("''"),
          outcome: asl("''"),
        },
        Output: {},
        Next: 'TakeLock',
      },
      TakeLock: takeLock(
        table,
        { run: '$run', command: 'shift start --on aws', by: '$plan.by', doing: "'preflight'" },
        {
          next: 'AlarmsThere',
          caught: [
            { errors: CONDITION_FAILED, next: 'Refused', assign: { why: 'another run holds the lock' } },
            CATCH_ALL('Refused', { why: ERROR_TEXT }),
          ],
        },
      ),
      AlarmsThere: describeAlarms('$plan.alarms', {
        next: 'AreAllThere',
        assign: {
          why: asl(`(
            $there := $append($states.result.MetricAlarms, $states.result.CompositeAlarms).AlarmName;
            $missing := $filter($plan.alarms, function($name) { $not($name in $there) });
            $count($missing) = 0 ? '' : 'there is no alarm ' & $join([$missing], ', ')
          )`),
        },
        caught: [CATCH_ALL('ReleaseRefused', { why: ERROR_TEXT })],
      }),
      AreAllThere: choice([{ when: "$why != ''", next: 'ReleaseRefused' }], 'RecordStart'),
      RecordStart: record(
        'planned',
        "$plan.resumed ? {'type': 'resumed', 'by': $plan.by} : $merge([{'type': 'started'}, $plan.start])",
        'Renew',
      ),

      // One look: the lock, the alarms, the rules. A breach waits for nothing else.
      Renew: renewLock(
        table,
        `'stage ' & ($stage + 1) & ' of ' & $count($plan.stages) & ($mode = 'bake' ? ', baking at ' : $mode = 'raise' ? ', raising to ' : ', held at ') & (${of('share')} * 100) & ' %'`,
        { next: 'Alarms', caught: [lost, toRollback] },
      ),
      Alarms: describeAlarms('$plan.alarms', {
        next: 'Rules',
        assign: {
          breach:
            asl(`$join([$append($states.result.MetricAlarms, $states.result.CompositeAlarms)[StateValue = 'ALARM'].(
            AlarmName & ' is in ALARM' & ($exists(StateReason) ? ' (' & $substring(StateReason, 0, 300) & ')')
          )], '; ')`),
          alarms: asl(`(
            $there := $append($states.result.MetricAlarms, $states.result.CompositeAlarms);
            [$map($plan.alarms, function($name) {(
              $alarm := $there[AlarmName = $name];
              $exists($alarm) ? $merge([{'name': $name, 'state': $alarm.StateValue},
                  $exists($alarm.StateReason) ? {'reason': $substring($alarm.StateReason, 0, 300)} : {}])
                : {'name': $name, 'state': 'MISSING'}
            )})]
          )`),
        },
        caught: [toRollback],
      }),
      Rules: describeRules({
        next: 'Judge',
        assign: {
          foreign: foreignTo(
            `$mode = 'bake' ? [${wanted}] : $mode = 'raise' ? [$weights, ${wanted}] : $append([$before, $weights], $plan.stages[[0..$stage]].weights)`,
            "$mode = 'bake' ? $weights : {'blue': 1, 'green': 1}",
          ),
        },
        caught: [{ ...gone, next: 'RuleIsGone' }, toRollback],
      }),
      // A breach is not hidden by it: what is there is put back (RollbackRules).
      RuleIsGone: choice([{ when: "$breach != ''", next: 'Breached', assign: { why: asl('$breach') } }], 'Conflict'),
      Judge: choice(
        [
          { when: "$breach != ''", next: 'Breached', assign: { why: asl('$breach') } },
          { when: "$foreign != ''", next: 'Conflict' },
          {
            when: '$turns <= 0',
            next: 'HeldForGood',
            assign: hold('error', "'the execution has used up its history: shift resume goes on in a new one'"),
          },
          {
            when: asks('pause', "$mode != 'paused'"),
            next: 'Paused',
            assign: hold('person', "'paused by ' & $parse($request).by"),
          },
          {
            when: asks('resume', "$mode in ['paused', 'approval']"),
            next: 'Resumed',
            assign: { by: asl('$parse($request).by'), approved: asl("$approved or $mode = 'approval'") },
          },
          { when: "$request != ''", next: 'ClearRequest' },
          {
            when: `$mode = 'raise' and ${of('approval')} = true and $not($approved)`,
            next: 'AskApproval',
            assign: hold('approval', `'stage ' & ($stage + 1) & ' waits for a person: shift resume'`),
          },
          { when: "$mode = 'approval'", next: 'Approval' },
          { when: "$mode = 'raise'", next: 'Rising' },
          { when: "$mode = 'bake'", next: 'Gates' },
        ],
        'Wait',
      ),
      ClearRequest: clearRequest(table, {
        next: 'GoOn',
        assign: { request: asl("''") },
        caught: [CATCH_ALL('GoOn', { request: asl("''") })],
      }),
      GoOn: choice([{ when: "$mode = 'raise'", next: 'Renew' }], 'Wait'),
      Wait: {
        Type: 'Wait',
        Seconds: asl("$mode = 'paused' ? $max([$plan.turnSeconds, $plan.idleSeconds]) : $plan.turnSeconds"),
        Assign: { turns: asl('$turns - 1') },
        Next: 'Renew',
      },

      // Held by a person: it goes on watching.
      Paused: held('ClearRequest'),
      Resumed: {
        Type: 'Pass',
        // The whole bake again: nobody watched meanwhile.
        Assign: { mode: 'raise', waiting: asl('$millis()') },
        Output: { journal: [{ type: 'resumed', by: asl('$by') }] },
        Next: 'RecordResumed',
      },
      RecordResumed: record('planned', '', 'ClearRequest'),
      AskApproval: {
        ...held('Approval'),
        Assign: { mode: 'approval' },
        Catch: [{ ErrorEquals: ['States.ALL'], Assign: { mode: 'approval' }, Next: 'Approval' }],
      },
      // A token a turn: between two, everything is looked at.
      Approval: {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:dynamodb:putItem.waitForTaskToken',
        Arguments: {
          TableName: table,
          Item: {
            id: { S: 'approval' },
            run: S('$run'),
            stage: { N: asl('$string($stage + 1)') },
            token: S('$states.context.Task.Token'),
          },
        },
        TimeoutSeconds: asl('$max([$plan.turnSeconds, $plan.idleSeconds])'),
        Assign: { approved: true, by: asl("$exists($states.result.by) ? $states.result.by : 'somebody'") },
        Catch: [
          { ErrorEquals: ['States.Timeout'], Assign: { turns: asl('$turns - 1') }, Next: 'Renew' },
          { ErrorEquals: ['States.ALL'], Assign: { why: ERROR_TEXT }, Next: 'RollingBack' },
        ],
        Output: {},
        Next: 'Resumed',
      },

      // The rising slot must have as many healthy nodes as the other one, and gets time to grow to that.
      Rising: describeTargetHealth(asl('$lookup($places[0].targetGroups, $to)'), {
        next: 'Other',
        assign: { rising: asl(targets("= 'healthy'")) },
        caught: [toRollback],
      }),
      Other: describeTargetHealth(asl('$lookup($places[0].targetGroups, $from)'), {
        next: 'EnoughNodes',
        assign: { needed: asl(`$max([1, $plan.nodes, ${targets("!= 'draining'")}])`) },
        caught: [toRollback],
      }),
      EnoughNodes: choice(
        [
          { when: '$rising >= $needed', next: 'RecordRaising' },
          {
            when: `$millis() - $waiting >= ${of('maxExtensionSeconds')} * 1000`,
            next: 'HeldForGood',
            assign: hold('capacity', "$to & ' has ' & $rising & ' healthy nodes, ' & $from & ' runs ' & $needed"),
          },
        ],
        'Wait',
      ),
      // Said before it is done: whoever finds these weights later knows whose they are.
      RecordRaising: record('raising', `{'type': 'raising', 'stage': $stage, 'weights': ${wanted}}`, 'RulesBefore'),
      RulesBefore: describeRules({
        next: 'MayRaise',
        assign: {
          foreign: foreignTo(`[$weights, ${wanted}]`),
          jobs: jobsTo(wanted, `(${wanted}).green = 0 ? 'blue' : (${wanted}).blue = 0 ? 'green' : ''`),
        },
        caught: [gone, toRollback],
      }),
      MayRaise: choice([{ when: "$foreign != ''", next: 'Conflict' }], 'StillOurs'),
      StillOurs: renewLock(table, "'raising'", { next: 'Raise', caught: [lost, toRollback] }),
      Raise: writeRules(
        'Raise',
        [gone, { errors: PASSING, next: 'NotRaised', assign: { why: ERROR_TEXT } }, toRollback],
        'ReadBack',
      ),
      NotRaised: choice(
        [
          {
            when: `$millis() - $waiting >= ${of('maxExtensionSeconds')} * 1000`,
            next: 'HeldForGood',
            assign: hold('error', '$why'),
          },
        ],
        'Wait',
      ),
      ReadBack: describeRules({
        next: 'IsRaised',
        assign: { foreign: foreignTo(`[${wanted}]`, wanted) },
        caught: [gone, toRollback],
      }),
      IsRaised: choice([{ when: "$foreign != ''", next: 'Conflict' }], 'Raised', {
        mode: 'bake',
        weights: asl(wanted),
        since: asl('$millis()'),
      }),
      Raised: choice([{ when: '$stage = $count($plan.stages) - 1', next: 'RecordSoaking' }], 'RecordBaking'),
      RecordBaking: record('baking', "{'type': 'raised', 'stage': $stage, 'weights': $weights}", 'Wait', {
        assign: raised,
      }),
      RecordSoaking: record('soaking', "{'type': 'raised', 'stage': $stage, 'weights': $weights}", 'Wait', {
        assign: raised,
      }),

      // The gates are judged by the runner's own code; one that does not answer is no verdict.
      Gates: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Arguments: {
          FunctionName: all.gatesFunctionArn,
          Payload: {
            start: asl('$plan.start'),
            stage: asl('$stage'),
            sinceMs: asl('$since'),
            lines: asl('$lines'),
            alarms: asl('$alarms'),
          },
        },
        Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 0 }],
        TimeoutSeconds: 30,
        Assign: {
          decision: asl('$states.result.Payload.decision'),
          gates: asl('[$states.result.Payload.gates]'),
          counts: asl('$states.result.Payload.counts'),
        },
        Catch: [
          {
            ErrorEquals: ['States.ALL'],
            Assign: {
              gates: [{ gate: 'aws', verdict: 'INCONCLUSIVE', reason: ERROR_TEXT }],
              counts: {},
              decision: {
                do: asl(`$millis() - $since < (${of('bakeSeconds')} + ${of('maxExtensionSeconds')}) * 1000 or ${of('whenInconclusive')} = 'extend'
                  ? 'watch' : ${of('whenInconclusive')} = 'abort' ? 'roll back' : 'hold'`),
                why: asl("'no verdict: the gates did not answer: ' & $states.errorOutput.Error"),
              },
            },
            Next: 'JudgeGates',
          },
        ],
        Output: {
          watched: {
            stage: asl('$stage'),
            elapsed: asl('($millis() - $since) / 1000'),
            gates: asl('[$states.result.Payload.gates]'),
            counts: asl('$states.result.Payload.counts'),
          },
        },
        Next: 'JudgeGates',
      },
      JudgeGates: choice(
        [
          { when: "$decision.do = 'pass'", next: 'Passed' },
          {
            when: "$decision.do = 'roll back' and 'FAIL' in $gates.verdict",
            next: 'Breached',
            assign: { why: asl('$decision.why') },
          },
          { when: "$decision.do = 'roll back'", next: 'RollingBack', assign: { why: asl('$decision.why') } },
          { when: "$decision.do = 'hold'", next: 'HeldForGood', assign: hold('gates', '$decision.why') },
        ],
        'Wait',
      ),
      Passed: {
        Type: 'Pass',
        Output: { journal: [{ type: 'passed', stage: asl('$stage'), counts: asl('$counts'), gates: asl('$gates') }] },
        Next: 'IsLast',
      },
      IsLast: choice(
        [{ when: '$stage = $count($plan.stages) - 1', next: 'RecordDone', assign: { outcome: 'done' } }],
        'Renew',
        { stage: asl('$stage + 1'), mode: 'raise', approved: false, waiting: asl('$millis()') },
      ),
      RecordDone: record('done', "{'type': 'done'}", 'Release'),

      HeldForGood: held('Release', 'held'),
      Conflict: record('conflict', "{'type': 'conflict', 'found': $foreign}", 'Release', {
        reason: '$foreign',
        assign: { outcome: 'conflict', why: asl('$foreign') },
        anyway: true,
      }),

      Breached: {
        Type: 'Pass',
        Output: {
          journal: [
            {
              type: 'looked',
              stage: asl('$stage'),
              verdict: 'FAIL',
              gates: [{ gate: asl("$breach != '' ? 'alarms' : 'gates'"), verdict: 'FAIL', reason: asl('$why') }],
            },
          ],
        },
        Next: 'RollingBack',
      },
      RollingBack: {
        ...record('rolling back', "{'type': 'rolling back', 'why': $why}", 'RollbackRules', {
          reason: '$why',
          assign: {
            attempt: 0,
            known: asl('$plan.stages[[0..$stage]].weights'),
            breachAt: asl('$millis()'),
          },
          anyway: true,
        }),
        // A rollback does not wait for the table.
        TimeoutSeconds: 3,
        Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 0 }],
      },
      ...rollbackStates(
        all,
        {
          done: 'RecordRolledBack',
          already: 'RecordRolledBack',
          foreign: 'Conflict',
          nobody: 'HeldNobody',
          failed: 'RecordRollbackFailed',
          lost: 'LockLost',
        },
        { attempts: 6, evenWhenBothAreDown: true },
      ),
      HeldNobody: {
        Type: 'Pass',
        Assign: hold(
          'capacity',
          "$why & ', and ' & $from & ' has no healthy node to go back to, ' & $to & ' has ' & $healthyNow & ': bring ' & $from & ' back, then shift abort'",
        ),
        Output: {},
        Next: 'HeldForGood',
      },
      RecordRolledBack: record(
        'rolled back',
        "{'type': 'rolled back', 'by': 'gates', 'seconds': ($millis() - $breachAt) / 1000}",
        'Release',
        { reason: '$why', assign: { outcome: 'rolled back', weights: asl('$before') }, anyway: true },
      ),
      RecordRollbackFailed: record('rollback failed', "{'type': 'rollback failed', 'why': $why2}", 'Release', {
        reason: '$why2',
        assign: { outcome: 'rollback failed', why: asl('$why2') },
        anyway: true,
      }),

      Release: releaseLock(table, { next: 'End', caught: [CATCH_ALL('End')] }),
      End: choice(
        [
          { when: "$outcome = 'done'", next: 'Done' },
          { when: "$outcome = 'held'", next: 'Held' },
          { when: "$outcome = 'rolled back'", next: 'RolledBack' },
          { when: "$outcome = 'conflict'", next: 'EndConflict' },
        ],
        'RollbackFailed',
      ),
      Done: { Type: 'Succeed', Output: { outcome: 'done' } },
      Held: { Type: 'Succeed', Output: { outcome: 'held', by: asl('$by'), why: asl('$why') } },
      RolledBack: { Type: 'Fail', Error: 'RolledBack', Cause: asl('$why') },
      EndConflict: { Type: 'Fail', Error: 'Conflict', Cause: asl('$why') },
      RollbackFailed: { Type: 'Fail', Error: 'RollbackFailed', Cause: asl('$why') },
      LockLost: {
        Type: 'Fail',
        Error: 'LockLost',
        Cause: 'another command has taken the lock; this execution wrote nothing afterwards',
      },
      ReleaseRefused: releaseLock(table, { next: 'Refused', caught: [CATCH_ALL('Refused')] }),
      Refused: { Type: 'Fail', Error: 'Refused', Cause: asl('$why') },
    },
  };
}
