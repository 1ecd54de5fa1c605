import { onAws } from '../../../lib/cli/shift-on-aws';
import { ExecutionReader, toldBy } from '../../../lib/deployed/execution';

const system = (shift: object = {}, edge: object = { shiftMachineArn: 'arn:machine' }): any => ({
  settings: { shift: { metrics: {}, notify: {}, ...shift } },
  edge: { stackName: 'kong-edge', ...edge },
});

describe('the preflight of shift start --on aws', () => {
  test('nothing stands against an edge with its state machine', () => {
    expect(onAws(system(), {})).toEqual([expect.objectContaining({ ok: true })]);
  });

  test('an edge of an earlier version is refused with the deploy that mends it', () => {
    expect(onAws(system({}, {}), {})).toEqual([
      expect.objectContaining({ ok: false, mend: expect.stringContaining('npx cdk deploy kong-edge --exclusively') }),
    ]);
  });

  test('another router is refused: the machine moves the edge’s own rules alone', () => {
    expect(onAws(system({ router: { nginx: {} } }), {})).toContainEqual(expect.objectContaining({ ok: false }));
  });

  test('a plan that asks for a verdict on 401, 403 and 429 is refused: CloudWatch does not tell them apart', () => {
    const gates: any = { refusals: 'gate' };
    expect(onAws(system(), { gates })).toContainEqual(
      expect.objectContaining({ ok: false, found: expect.stringContaining('401, 403 and 429') }),
    );
  });

  test('what the machine does not read or send is told', () => {
    const [found] = onAws(system({ metrics: { prometheus: {} }, notify: { topicArn: 'arn:topic' } }), {});
    expect(found?.found).toMatch(/CloudWatch alone.*no notices/);
  });
});

describe('the history of an execution', () => {
  const exited = (id: number, type: string, output: object) => ({
    id,
    type: type as never,
    timestamp: new Date(id * 1000),
    stateExitedEventDetails: { name: 'state', output: JSON.stringify(output) },
  });

  test('tasks and Pass states tell the journal; Choice and Wait repeat their input and are not asked', () => {
    const journal = [{ type: 'done' }];
    expect(toldBy(exited(1, 'TaskStateExited', { journal }))).toEqual([
      { at: new Date(1000), event: { type: 'done' } },
    ]);
    expect(toldBy(exited(2, 'ChoiceStateExited', { journal }))).toEqual([]);
    expect(toldBy(exited(3, 'WaitStateExited', { journal }))).toEqual([]);
  });

  test('is read from its end, each event once, in order', async () => {
    const events = [1, 2, 3, 4, 5].map((id) =>
      exited(id, 'TaskStateExited', { journal: [{ type: 'looked', stage: id }] }),
    );
    let there = 3;
    const asked: unknown[] = [];
    const send = ({ input }: { input: { nextToken?: string } }) => {
      asked.push(input.nextToken);
      const newest = events.slice(0, there).reverse();
      const start = Number(input.nextToken ?? 0);
      return Promise.resolve({
        events: newest.slice(start, start + 2),
        ...(start + 2 < newest.length && { nextToken: String(start + 2) }),
      });
    };
    const reader = new ExecutionReader({ send } as never, 'arn:execution');
    const stages = async () => (await reader.next()).map(({ event }) => event?.type === 'looked' && event.stage);
    expect(await stages()).toEqual([1, 2, 3]);
    expect(await stages()).toEqual([]);
    there = 5;
    asked.length = 0;
    expect(await stages()).toEqual([4, 5]);
    expect(asked.length).toBeLessThanOrEqual(2);
  });
});
