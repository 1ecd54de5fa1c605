import { DeleteAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { REGION } from '../../../local/demo/run';
import { EdgeWithNodes, until } from './edge-with-nodes';

/** The edge's own state machines, deployed by the real cdk command, run by the local AWS (local/MODEL.md says what it models). */
describe('given an edge with its state machines', () => {
  let edge: EdgeWithNodes;
  let sfn: SFNClient;
  let scheduler: SchedulerClient;
  const BLUE = { blue: 100, green: 0 };
  const GREEN = { blue: 0, green: 100 };

  beforeAll(async () => {
    edge = await EdgeWithNodes.start();
    const aws = {
      endpoint: edge.road.run.world.endpoint,
      region: REGION,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
    sfn = new SFNClient(aws);
    scheduler = new SchedulerClient(aws);
    edge.startLoad();
    await edge.alarm('owner', 'OK');
  }, 300_000);
  afterAll(() => edge?.stop(), 60_000);
  afterEach(async () => {
    await edge.setAlarm('owner', 'OK');
    await edge.run(['shift', 'abort', '--force']);
    expect(await edge.weights()).toEqual(BLUE);
  }, 60_000);

  const start = (...more: string[]) => [
    ...['shift', 'start', '--to', 'green', '--on', 'aws', '--alarm', 'owner'],
    ...more,
  ];
  const status = async () =>
    JSON.parse((await edge.run(['shift', 'status', '--output', 'json'])).stdout) as {
      shift: { run: string; phase: string; reason?: string; journal: string; host: string };
      lock: unknown;
    };
  /** A shift that is being watched at 30 %, and the execution that runs it. */
  const baking = async (...more: string[]) => {
    const ended = edge.run(start('--shares', '30,100', '--bake', '60s', ...more));
    await until('the first stage', async () => (await edge.weights())?.green === 30, 60);
    const { shift } = await status();
    return { ended, shift };
  };
  const outcomes = async () => {
    const { executions = [] } = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn: edge.outputs.RollbackMachineArn }),
    );
    return Promise.all(
      executions.map(async ({ executionArn }) => {
        const {
          input = '{}',
          output = '{}',
          status: how,
        } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
        return { how, ...(JSON.parse(input) as object), ...(JSON.parse(output) as object) };
      }),
    );
  };

  test('a shift goes through on AWS without a failed request, and the command tells it as its own', async () => {
    const { code, stdout, stderr } = await edge.run(start('--shares', '30,100', '--output', 'json'));
    expect([code, stderr.slice(-2000)]).toEqual([0, expect.any(String)]);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'done',
      stages: [{ outcome: 'passed' }, { outcome: 'passed' }],
    });
    expect(await edge.weights()).toEqual(GREEN);
    const { shift, lock } = await status();
    expect([shift.phase, shift.host, lock]).toEqual(['done', 'Step Functions', null]);
    expect(edge.load.failed).toEqual([]);
    expect(edge.load.sent).toBeGreaterThan(100);
  }, 120_000);

  test('an alarm rolls back from the machine: exit 3, the reason is told', async () => {
    const { ended } = await baking('--output', 'json');
    await edge.setAlarm('owner', 'ALARM');
    const { code, stdout } = await ended;
    expect([code, await edge.weights()]).toEqual([3, BLUE]);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'rolled back',
      reason: expect.stringContaining('owner is in ALARM'),
    });
    expect((await status()).shift).toMatchObject({ phase: 'rolled back' });
  }, 120_000);

  test('an execution that is stopped by hand: EventBridge starts the rollback machine, and the command tells it', async () => {
    const { ended, shift } = await baking();
    await sfn.send(new StopExecutionCommand({ executionArn: shift.journal, cause: 'a person in the console' }));
    await until('blue', async () => (await edge.weights())?.blue === 100, 30);
    expect((await ended).code).toBe(3);
    expect((await status()).shift).toMatchObject({
      run: shift.run,
      phase: 'rolled back',
      reason: 'the execution of the shift ended as ABORTED',
    });
    expect(await outcomes()).toContainEqual(expect.objectContaining({ how: 'SUCCEEDED', execution: shift.journal }));
  }, 120_000);

  test('the end of an old execution moves no later run', async () => {
    const old = await baking();
    await sfn.send(new StopExecutionCommand({ executionArn: old.shift.journal }));
    await old.ended;
    const later = await baking();
    // What EventBridge would deliver late, and what a timer of the older run would.
    for (const input of [{ execution: old.shift.journal }, { run: old.shift.run }]) {
      const { executionArn } = await sfn.send(
        new StartExecutionCommand({
          stateMachineArn: edge.outputs.RollbackMachineArn,
          input: JSON.stringify({ ...input, why: 'late' }),
        }),
      );
      await until('its end', async () => {
        const { status: now } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
        return now === 'SUCCEEDED';
      });
    }
    expect((await edge.weights())?.green).toBe(30);
    expect((await status()).shift).toMatchObject({ run: later.shift.run, phase: 'baking' });
    await edge.run(['shift', 'abort']);
    expect((await later.ended).code).toBe(3);
  }, 180_000);

  test('a schedule that fires puts back what a runner on this machine left behind', async () => {
    const ended = edge.run(
      ['shift', 'start', '--to', 'green', '--alarm', 'owner', '--shares', '30,100', '--bake', '60s'],
      {
        started: (child) =>
          void until('30 %', async () => (await edge.weights())?.green === 30, 60).then(() => child.kill('SIGKILL')),
      },
    );
    await ended;
    expect((await edge.weights())?.green).toBe(30);
    const { shift } = await status();
    await scheduler.send(
      new CreateScheduleCommand({
        Name: 'dead-man-of-the-test',
        ScheduleExpression: `at(${new Date(Date.now() + 1000).toISOString().slice(0, 19)})`,
        FlexibleTimeWindow: { Mode: 'OFF' },
        ActionAfterCompletion: 'DELETE',
        Target: {
          Arn: edge.outputs.RollbackMachineArn,
          RoleArn: edge.outputs.SchedulerRoleArn,
          Input: JSON.stringify({ run: shift.run, why: 'no sign of life' }),
        },
      }),
    );
    await until('blue', async () => (await edge.weights())?.blue === 100, 40);
    await until('the record', async () => (await status()).shift.phase === 'rolled back', 20);
    expect((await status()).shift.reason).toBe('no sign of life');
  }, 180_000);

  test('pause holds it, resume goes on, from any machine; Ctrl-C leaves it running', async () => {
    let leave = (): unknown => undefined;
    const ended = edge.run(start('--shares', '30,100', '--bake', '8s'), {
      started: (child) => (leave = () => child.kill('SIGINT')),
    });
    await until('the first stage', async () => (await edge.weights())?.green === 30, 60);
    leave();
    expect((await ended).code).toBe(130);
    expect((await edge.run(['shift', 'pause'])).code).toBe(0);
    await until('the hold', async () => (await status()).shift.phase === 'held', 30);
    const resumed = await edge.run(['shift', 'resume']);
    expect([resumed.code, resumed.stdout]).toEqual([0, expect.stringContaining('goes on')]);
    await until('green', async () => (await status()).shift.phase === 'done', 90);
    expect(await edge.weights()).toEqual(GREEN);
  }, 180_000);

  test('a stage that waits for approval goes on by the token that shift resume sends', async () => {
    await edge.edit({
      stages: [
        { share: 0.3, bake: '1s' },
        { share: 1, bake: '1s', approval: true },
      ],
    });
    const ended = edge.run(start());
    await until('the question', async () => (await status()).shift.phase === 'held', 60);
    expect((await edge.weights())?.green).toBe(30);
    const resumed = await edge.run(['shift', 'resume']);
    expect(resumed.stdout).toContain('stage 2 is approved');
    expect((await ended).code).toBe(0);
    expect(await edge.weights()).toEqual(GREEN);
    expect(edge.load.failed).toEqual([]);
  }, 120_000);

  test('what was held goes on by shift resume, in a new execution', async () => {
    await edge.edit({ stages: [{ share: 0.3 }, { share: 1 }], bake: '3s', maxExtension: '2s' });
    await edge.alarm('gone', 'OK');
    const ended = edge.run(start('--alarm', 'gone'));
    await until('the first stage', async () => (await edge.weights())?.green === 30, 60);
    await edge.cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: ['gone'] }));
    expect((await ended).code).toBe(4);
    const { shift: held, lock } = await status();
    expect([held.phase, lock]).toEqual(['held', null]);
    expect(held.reason).toContain('gone does not exist any more');

    await edge.alarm('gone', 'OK');
    const resumed = await edge.run(['shift', 'resume', '--output', 'json']);
    expect([resumed.code, await edge.weights()]).toEqual([0, GREEN]);
    const { shift } = await status();
    expect([shift.run, shift.phase]).toEqual([held.run, 'done']);
    expect(shift.journal).not.toBe(held.journal);
    expect(edge.load.failed).toEqual([]);
  }, 120_000);
});
