import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SendTaskSuccessCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { deployCommand } from '../blueprint/deploy-command';
import { nodesOf } from '../deployed/capacity';
import { ExecutionReader } from '../deployed/execution';
import { EXIT, KongDualClusterError, type ExitCode } from '../errors';
import { bad, good, type Finding } from '../finding';
import type { OpenJournal } from '../runner/journals';
import { runId } from '../runner/record';
import { machineInput, type MachineInput } from '../traffic/machine-input';
import { HOST } from '../traffic/machine-tasks';
import { planOf } from '../traffic/plan-of-settings';
import { after, begin, isFinished, type ShiftState } from '../traffic/shift';
import type { JournalLine, ShiftStart } from '../traffic/shift-events';
import type { ShiftRecord } from '../traffic/shift-record';
import { sameShare } from '../traffic/weights';
import type { Context } from './context';
import { writeLive } from './live-in-settings';
import { lockFor } from './lock';
import { EXIT_OF } from './shift-drive';
import { endObject, listener } from './shift-listener';
import { prepare, refuse, refuseTemplate, type StartFlags } from './shift-prepare';
import { reportText, shiftReport } from './shift-text';
import { DeployedSystem, here } from './system';

const FOLLOW_MS = 1000;
/** How long the end of an execution may take to be put back by the rollback machine, milliseconds. */
const ROLLBACK_MS = 60_000;

/**
 * `shift start --on aws`: the same preflight, then the edge's state machine runs the shift. Whoever follows it may leave.
 * @throws KongDualClusterError those of `shift start`, SHIFT_TOO_LONG_FOR_AWS, SHIFT_TOO_MANY_ALARMS, SHIFT_REFUSED_ON_AWS
 */
export async function runShiftStartOnAws(context: Context, flags: StartFlags): Promise<ExitCode> {
  context.progress.step('preflight');
  const system = await DeployedSystem.open(context);
  refuseTemplate(system);
  const plan = planOf(system.settings.shift, flags);
  const run = runId(new Date(), process.pid);
  const lease = await lockFor(system, { run, command: 'shift start', doing: 'preflight' });
  try {
    const prepared = await prepare(system, plan, flags, run);
    const { deadManSeconds: _, ...start } = prepared.start;
    // The credentials of this machine may end: the execution has a role of its own.
    const findings = [...prepared.findings.filter(({ what }) => what !== 'credentials'), ...onAws(system, start)];
    for (const { ok, what, found } of findings) if (ok) context.progress.note(`  ${what}: ${found}`);
    refuse(findings);
    const nodes = nodesOf(prepared.capacity.other);
    const at = new Date();
    const { edge, caller: by } = system;
    const input = machineInput(start, {
      by,
      startedAt: at.toISOString(),
      nodes,
      rules: edge.weightedRuleArns.length + 1,
    });
    await system.pinFloor(prepared.capacity.other, nodes);
    await system.pinFloor(prepared.capacity.rising, nodes);
    const journal = await (await system.journals()).create(run);
    const first = await journal.append({ type: 'started', ...start }, at);
    const reader = await execute(system, run, input);
    return await follow(system, reader, journal, [first]);
  } finally {
    // The execution has taken the lock over by then, with a higher fence number: this gives back only what it has not.
    await lease.release().catch(() => undefined);
  }
}

/**
 * `shift resume` of a shift on AWS: tells the execution that runs to go on, or starts a new one where the last one ended.
 * @returns undefined when the last shift is not one on AWS, or has ended
 */
export async function resumeOnAws(system: DeployedSystem): Promise<ExitCode | undefined> {
  const { context } = system;
  const record = await system.table.readShift();
  if (record === undefined || record.host !== HOST || isFinished(record.phase)) return undefined;
  const sfn = new SFNClient({ region: system.region });
  const { status, input: text = '{}' } = await new ExecutionReader(sfn, record.journal).describe();
  if (status === 'RUNNING') {
    const how = await goOn(system, sfn, record);
    context.progress.end();
    context.print(`${how}; look on: kong-dual-cluster shift status --watch`, {
      resumed: 'there',
      execution: record.journal,
    });
    return EXIT.done;
  }
  if (record.phase === 'rollback failed') {
    throw new KongDualClusterError('SHIFT_ROLLBACK_FAILED', 'the rollback of this shift failed', {
      found: record.reason ?? '',
      remedy: 'kong-dual-cluster shift abort',
      exitCode: EXIT.rollbackFailed,
    });
  }
  const before = JSON.parse(text) as MachineInput;
  const lease = await lockFor(system, { run: record.run, command: 'shift resume', doing: 'preflight' });
  try {
    const stage = record.stage - 1;
    const live = (await system.router.read()).places[0]!.weights;
    const known = [record.weightsBefore, ...(record.known ?? [])];
    const input: MachineInput = {
      ...before,
      by: system.caller,
      stage,
      // Any other weights are a conflict, which the machine finds by what it expects.
      weights: known.find((each) => sameShare(each, live)) ?? record.weightsBefore,
      approved: record.phase === 'held' && (before.stages[stage]?.approval ?? false),
      resumed: true,
    };
    const journals = await system.journals();
    const lines = await journals.read(record.run);
    const { journal } =
      lines.length > 0 ? await journals.reopen(record.run) : { journal: await journals.create(record.run) };
    if (lines.length === 0)
      lines.push(
        await journal.append({ type: 'started', ...(before.start as ShiftStart) }, new Date(record.startedAt)),
      );
    const reader = await execute(system, `${record.run}-${Date.now().toString(36)}`, input);
    return await follow(system, reader, journal, lines);
  } finally {
    await lease.release().catch(() => undefined);
  }
}

/** An approval by its task token, anything else by the request in the lock. */
async function goOn(system: DeployedSystem, sfn: SFNClient, record: ShiftRecord): Promise<string> {
  const by = system.caller;
  const dynamo = new DynamoDBClient({ region: system.region });
  for (let tries = 0; record.phase === 'held' && tries < 5; tries += 1) {
    const { Item } = await dynamo.send(
      new GetItemCommand({ TableName: system.edge.shiftTable, Key: { id: { S: 'approval' } }, ConsistentRead: true }),
    );
    if (Item?.run?.S !== record.run || Item.token?.S === undefined || Item.stage?.N !== String(record.stage)) break;
    try {
      await sfn.send(new SendTaskSuccessCommand({ taskToken: Item.token.S, output: JSON.stringify({ by }) }));
      return `stage ${record.stage} is approved: the execution goes on`;
    } catch (error) {
      // Between two looks there is no task; the next one has another token.
      if (!(error instanceof Error) || !/^(TaskTimedOut|TaskDoesNotExist|InvalidToken)/.test(error.name)) throw error;
      await here.sleep(1000);
    }
  }
  await system.table.ask({ what: 'resume', by, at: new Date().toISOString() });
  return 'the execution goes on at its next look';
}

/** What is different on AWS; a finding against it refuses the start. */
export function onAws(
  { settings, edge }: Pick<DeployedSystem, 'settings' | 'edge'>,
  start: Pick<ShiftStart, 'gates'>,
): Finding[] {
  const what = 'on aws';
  const { router, metrics, notify } = settings.shift;
  if (edge.shiftMachineArn === undefined) {
    return [
      bad(
        what,
        'the edge has no state machine: it was deployed by an earlier version',
        `${deployCommand(settings, edge.stackName)} (it does not touch the weights)`,
      ),
    ];
  }
  const told = [
    ...(metrics.prometheus || metrics.accessLogs
      ? ['the state machine reads CloudWatch alone, no /metrics and no access logs']
      : []),
    ...(notify.topicArn || notify.webhook
      ? ['it sends no notices; an EventBridge rule of yours on its executions can']
      : []),
  ];
  return [
    ...(router
      ? [bad(what, 'the state machine moves the edge’s own rules alone', 'run the shift from here: leave --on aws out')]
      : []),
    ...(start.gates?.refusals === 'gate'
      ? [
          bad(
            what,
            'CloudWatch does not tell 401, 403 and 429 apart, and the plan asks for a verdict on them',
            'shift.gates.refusals: watch, or run the shift from here',
          ),
        ]
      : []),
    good(what, ['no dead-man timer is needed: the end of an execution is watched by EventBridge', ...told].join('; ')),
  ];
}

async function execute(system: DeployedSystem, name: string, input: MachineInput): Promise<ExecutionReader> {
  const sfn = new SFNClient({ region: system.region });
  const { executionArn = '' } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn: system.edge.shiftMachineArn, name, input: JSON.stringify(input) }),
  );
  system.context.progress.note(`  execution ${executionArn}`);
  return new ExecutionReader(sfn, executionArn);
}

/** Tells what the execution tells until it ends or a person leaves. */
async function follow(
  system: DeployedSystem,
  reader: ExecutionReader,
  journal: OpenJournal,
  before: readonly JournalLine[],
): Promise<ExitCode> {
  const { context } = system;
  const lines = [...before];
  let state: ShiftState = before.slice(1).reduce(after, begin(before[0]!));
  const told = listener({ context, lines, begun: state, now: here.now });
  let left = false;
  context.ifInterrupted('the shift goes on without this command');
  context.onInterrupt(() => (left = true));
  const hear = async (): Promise<void> => {
    for (const { at, event, watched } of await reader.next()) {
      if (event && event.type !== 'started') {
        const line = await journal.append(event, at);
        lines.push(line);
        state = after(state, event);
        told.event(line, state);
      }
      const stage = watched && state.start.stages[watched.stage];
      if (stage) told.watching(state, watched.elapsed, stage.bakeSeconds, watched.gates, watched.counts);
    }
  };
  let execution = await reader.describe();
  while (execution.status === 'RUNNING' && !left) {
    await hear();
    await here.sleep(FOLLOW_MS);
    execution = await reader.describe();
  }
  await hear();
  if (execution.status === 'RUNNING') {
    context.progress.end(true);
    context.print(
      `the shift goes on, on AWS: execution ${reader.executionArn}\nlook on: kong-dual-cluster shift status --watch; hold it: shift pause; go back: shift abort`,
      { run: state.start.run, execution: reader.executionArn, status: 'RUNNING' },
    );
    return EXIT.interrupted;
  }
  if (execution.error === 'Refused') throw refused(execution.cause ?? '');
  state = await settled(system, state, execution.status ?? '');
  context.progress.end(state.phase !== 'done');
  if (state.phase === 'done' && state.weights[state.start.from] === 0) await writeLive(context, state.start.to, 'now');
  const report = shiftReport(state, lines, journal.where);
  context.print(reportText(report), context.output === 'ndjson' ? endObject(report) : report);
  return EXIT_OF[state.phase] ?? EXIT.error;
}

const ENDS: ReadonlySet<ShiftState['phase']> = new Set(['done', 'held', 'rolled back', 'conflict', 'rollback failed']);

/** An execution that was ended from outside is put back by the rollback machine, or by whoever aborted it. */
async function settled(system: DeployedSystem, state: ShiftState, status: string): Promise<ShiftState> {
  if (ENDS.has(state.phase)) return state;
  system.context.progress.step(`the execution has ended (${status}): waiting for its rollback`);
  for (const end = here.now() + ROLLBACK_MS; here.now() < end; await here.sleep(FOLLOW_MS)) {
    const record = await system.table.readShift();
    if (record?.run !== state.start.run || !ENDS.has(record.phase)) continue;
    const { phase, reason } = record;
    const weights = phase === 'rolled back' ? record.weightsBefore : state.weights;
    return { ...state, phase, weights, ...(reason !== undefined && { reason }) };
  }
  throw new KongDualClusterError('SHIFT_LEFT_ON_AWS', 'the execution has ended and nobody has put the weights back', {
    found: `${status}, and the record is still ${state.phase}`,
    remedy: 'kong-dual-cluster shift abort',
    exitCode: EXIT.rollbackFailed,
  });
}

const refused = (cause: string): KongDualClusterError =>
  new KongDualClusterError('SHIFT_REFUSED_ON_AWS', 'the state machine did not begin', {
    found: cause,
    remedy: 'nothing was written; mend it, then shift start again',
    exitCode: EXIT.preflightRefused,
  });
