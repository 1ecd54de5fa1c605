import {
  CreateRuleCommand,
  DeleteRuleCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AlbRouter } from '../../../lib/routers/alb/alb-router';
import { allOn, sameShare } from '../../../lib/traffic/weights';
import type { World } from '../../../local/world/world';
import { clientOptions, startTestWorld } from '../local-aws/helpers';
import { conforms } from './conformance';
import { LocalElb, rigOf, type Lists } from './elb-rig';

const BLUE = allOn('blue');
const FIVE = { blue: 95, green: 5 };

let world: World;
beforeAll(async () => {
  world = await startTestWorld();
}, 60_000);
afterAll(() => world?.stop(), 60_000);

/** More rules than are asked for in one call, and more than are written at once. */
const RULES = 25;

async function rules(local: LocalElb, count = RULES): Promise<Lists> {
  const { elb } = local;
  const listener = await local.listener(9200, 'HTTP', {
    Type: 'fixed-response',
    FixedResponseConfig: { StatusCode: '404' },
  });
  const ids: string[] = [];
  const make = async (n: number): Promise<void> => {
    const { Rules } = await elb.send(
      new CreateRuleCommand({
        ListenerArn: listener,
        Priority: n,
        Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: [`/${n}/*`] } }],
        Actions: [local.forward()],
      }),
    );
    ids[n - 1] = Rules![0]!.RuleArn!;
  };
  for (let n = 1; n <= count; n += 1) await make(n);
  const described = async () => (await elb.send(new DescribeRulesCommand({ ListenerArn: listener }))).Rules ?? [];
  return {
    ids,
    async read() {
      const found = new Map((await described()).map(({ RuleArn, Actions }) => [RuleArn, Actions]));
      return ids.map((id) => found.get(id) ?? []);
    },
    async write(RuleArn, Actions) {
      await elb.send(new ModifyRuleCommand({ RuleArn, Actions }));
    },
    async remove(RuleArn) {
      await elb.send(new DeleteRuleCommand({ RuleArn }));
    },
    mend: () => make(1),
    isWrite: (command) => command instanceof ModifyRuleCommand,
    describe: described,
    router: (client) => new AlbRouter(client, { ruleArns: ids, targetGroups: local.groups }),
  };
}

conforms(
  `alb with ${RULES} rules on the local AWS`,
  async () => {
    const local = await LocalElb.make(world, 'application', 'HTTP');
    return rigOf(local, await rules(local));
  },
  // All shares: test/unit/routers/alb/conformance.test.ts.
  { cannot: ['makeIneffective'], shares: [0.001, 1 / 3, 0.999] },
);

describe('an AWS that throttles', () => {
  let local: LocalElb;
  let lists: Lists;
  const throttle = async (action: string, count: number): Promise<void> => {
    const { status } = await fetch(`${world.endpoint}/_local/throttle`, {
      method: 'POST',
      body: JSON.stringify({ action, count }),
    });
    expect(status).toBe(200);
  };
  beforeAll(async () => {
    local = await LocalElb.make(world, 'application', 'HTTP', 'throttled');
    lists = await rules(local, 4);
  }, 60_000);
  afterEach(async () => {
    await throttle('ModifyRule', 0);
    await throttle('DescribeRules', 0);
    await Promise.all(lists.ids.map((id) => lists.write(id, [local.forward()])));
  }, 60_000);

  /** With the attempts that the command gives its clients (lib/cli/system.ts). */
  const router = () => lists.router(new ElasticLoadBalancingV2Client({ ...clientOptions(world), maxAttempts: 6 }));

  test('writes that are refused once for their rate are made by the next attempt of the SDK', async () => {
    await throttle('ModifyRule', 2);
    const { written } = await router().apply({ expected: [BLUE], to: FIVE });
    expect(written).toEqual(lists.ids);
    expect((await router().verify(FIVE)).holds).toBe(true);
  }, 60_000);

  test('a read is repeated', async () => {
    await throttle('DescribeRules', 2);
    expect((await router().read()).places).toHaveLength(4);
  }, 60_000);

  test('refused for longer than a write may take: it fails, and the next apply completes it', async () => {
    await throttle('ModifyRule', 100_000);
    await expect(router().apply({ expected: [BLUE], to: FIVE })).rejects.toMatchObject({
      name: expect.stringMatching(/^(Throttling|ThrottlingException|TimeoutError)$/) as string,
    });
    await throttle('ModifyRule', 0);
    const { places } = await router().read();
    const open = places.filter(({ weights }) => !sameShare(weights, FIVE)).map(({ id }) => id);
    expect(open.length).toBeGreaterThan(0);
    const { written } = await router().apply({ expected: [BLUE, FIVE], to: FIVE });
    expect(written).toEqual(open);
    expect((await router().verify(FIVE)).holds).toBe(true);
  }, 120_000);
});
