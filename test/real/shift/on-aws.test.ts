import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { REGION } from '../../../local/demo/run';
import { EdgeWithNodes, until } from './edge-with-nodes';

/** The edge's own state machines, deployed by the real cdk command, run by the local AWS (local/MODEL.md says what it models). */
describe('given an edge with its state machines', () => {
  let edge: EdgeWithNodes;
  let sfn: SFNClient;
  const BLUE = { blue: 100, green: 0 };
  const GREEN = { blue: 0, green: 100 };

  beforeAll(async () => {
    edge = await EdgeWithNodes.start();
    sfn = new SFNClient({
      endpoint: edge.road.run.world.endpoint,
      region: REGION,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
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
    if (code !== 0) {
      const { executions = [] } = await sfn.send(
        new ListExecutionsCommand({ stateMachineArn: edge.outputs.ShiftMachineArn }),
      );
      const h = await sfn.send(
        new GetExecutionHistoryCommand({
          executionArn: executions[0]?.executionArn,
          reverseOrder: true,
          maxResults: 40,
        }),
      );
      console.log(stderr, JSON.stringify(h.events?.reverse().slice(-3), null, 0));
    }
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
});
