import type { Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { adopt } from '../../../lib/adoption/adopt';
import { adoptedPart, checkAfterEject, checkBeforeEject } from '../../../lib/adoption/eject';
import { settingsSchema, type Settings } from '../../../lib/settings/schema';
import { BLUE, LISTENER, fakeAws, shopWorld, type FakeWorld } from './fake-aws';

const GREEN = BLUE.replace('targetgroup/kong/aaaa', 'targetgroup/green/dddd');
const EDGE = { StackName: 'kong-edge', StackStatus: 'CREATE_COMPLETE' };

/** The shop's load balancer after `adopt` and `cdk deploy kong-edge`: a weighted and two tester rules above each. */
async function adoptedWorld(weights = { blue: 100, green: 0 }): Promise<{ world: FakeWorld; settings: Settings }> {
  const world = shopWorld();
  const { settings: input } = await adopt(
    fakeAws(world).clients,
    {
      name: 'kong',
      loadBalancer: 'public',
      targetGroup: 'kong',
      service: 'production/kong',
      oidcSecrets: {},
      testerHeader: true,
    },
    () => undefined,
  );
  const settings = settingsSchema.parse(input);
  const ours = settings.edge.adopted!.rules.flatMap((rule): Rule[] => [
    weighted(rule.priority, rule.conditions, weights),
    weighted(rule.testerPriorities!.blue, rule.conditions, { blue: 1, green: 0 }),
    weighted(rule.testerPriorities!.green, rule.conditions, { blue: 0, green: 1 }),
  ]);
  world.rules[LISTENER] = [...ours, ...world.rules[LISTENER]!];
  world.stacks = [EDGE];
  world.targetGroups.push({ TargetGroupArn: GREEN, TargetGroupName: 'green' });
  world.tags = { [GREEN]: { 'aws:cloudformation:stack-name': 'kong-edge' } };
  return { world, settings };
}

const weighted = (priority: number, conditions: object[], { blue, green }: { blue: number; green: number }): Rule => ({
  RuleArn: `${LISTENER}/ours-${priority}`,
  Priority: String(priority),
  Conditions: conditions,
  Actions: [
    {
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: BLUE, Weight: blue },
          { TargetGroupArn: GREEN, Weight: green },
        ],
      },
    },
  ],
});
const check = (which: typeof checkBeforeEject, world: FakeWorld, settings: Settings) =>
  which(fakeAws(world).clients, settings, adoptedPart(settings)!);
const bad = (findings: { ok: boolean; what: string; found: string }[]) =>
  findings.filter((finding) => !finding.ok).map(({ what, found }) => `${what}: ${found}`);
const without = (world: FakeWorld, keep: (rule: Rule) => boolean) => {
  world.rules[LISTENER] = world.rules[LISTENER]!.filter(keep);
};
const isOurs = (rule: Rule) => (rule.RuleArn ?? '').includes('/ours-');

describe('checkBeforeEject', () => {
  test('given all traffic on the adopted slot and the owner’s rules as adopted, nothing stands against it', async () => {
    const { world, settings } = await adoptedWorld();
    expect(bad(await check(checkBeforeEject, world, settings))).toEqual([]);
  });

  test('given traffic on green, it names the rules and the weights', async () => {
    const { world, settings } = await adoptedWorld({ blue: 90, green: 10 });
    expect(bad(await check(checkBeforeEject, world, settings))).toEqual([
      'traffic of port 443, host api.example.com: blue 90, green 10',
      'traffic of port 443, host partner.example.com: blue 90, green 10',
    ]);
  });

  test('given that green is deployed, it tells the order', async () => {
    const { world, settings } = await adoptedWorld();
    world.stacks!.push({ StackName: 'kong-green', StackStatus: 'UPDATE_COMPLETE' });
    const findings = await check(checkBeforeEject, world, settings);
    expect(bad(findings)).toEqual(['stack kong-green: UPDATE_COMPLETE']);
    expect(findings.find((f) => !f.ok)?.mend).toContain('npx cdk destroy kong-green --exclusively');
  });

  test('given that the owner’s rule went, changed or forwards elsewhere, it says which', async () => {
    const { world, settings } = await adoptedWorld();
    const [api, partner] = ['api', 'partner'].map((id) =>
      world.rules[LISTENER]!.find((r) => r.RuleArn?.endsWith(`/${id}`))!,
    );
    without(world, (rule) => rule !== api);
    partner!.Conditions = [{ Field: 'host-header', HostHeaderConfig: { Values: ['new.example.com'] } }];
    expect(bad(await check(checkBeforeEject, world, settings))).toEqual([
      'your rule: port 443, host api.example.com: gone',
      'your rule: port 443, host partner.example.com: its conditions changed: host new.example.com',
    ]);
    partner!.Actions = [{ Type: 'forward', TargetGroupArn: GREEN }];
    expect(bad(await check(checkBeforeEject, world, settings))[1]).toMatch(/forwards elsewhere$/);
  });

  test('given no healthy target on the adopted slot, it refuses', async () => {
    const { world, settings } = await adoptedWorld();
    world.health = ['unhealthy', 'draining'];
    expect(bad(await check(checkBeforeEject, world, settings))).toEqual(['healthy targets of blue: 0']);
  });

  test('a rule of ours that was removed already is no hindrance', async () => {
    const { world, settings } = await adoptedWorld();
    without(world, (rule) => !isOurs(rule));
    expect(bad(await check(checkBeforeEject, world, settings))).toEqual([]);
  });
});

describe('checkAfterEject', () => {
  test('given that the stack, its rules and its target group are gone, all is well', async () => {
    const { world, settings } = await adoptedWorld();
    without(world, (rule) => !isOurs(rule));
    world.stacks = [];
    world.targetGroups.pop();
    expect(bad(await check(checkAfterEject, world, settings))).toEqual([]);
  });

  test('given that nothing was destroyed, it names the stack, every rule and the target group', async () => {
    const { world, settings } = await adoptedWorld();
    expect(bad(await check(checkAfterEject, world, settings))).toEqual([
      'stack kong-edge: CREATE_COMPLETE',
      'our rules over port 443, host api.example.com: still at priority 7, 8, 9',
      'our rules over port 443, host partner.example.com: still at priority 27, 28, 29',
      `target groups of ours: ${GREEN}`,
    ]);
  });

  test('an owner’s rule that was moved to a priority that was ours is not taken for ours', async () => {
    const { world, settings } = await adoptedWorld();
    without(world, (rule) => !isOurs(rule));
    world.stacks = [];
    world.targetGroups.pop();
    world.rules[LISTENER]!.find((rule) => rule.RuleArn?.endsWith('/api'))!.Priority = '9';
    expect(bad(await check(checkAfterEject, world, settings))).toEqual([]);
  });
});

test('given an edge that Terraform made, what it has kept is found by its name', async () => {
  const { world, settings } = await adoptedWorld();
  without(world, (rule) => !isOurs(rule));
  world.stacks = [];
  world.tags = { [GREEN]: { Name: 'kong-edge-proxy-green' } };
  expect(bad(await check(checkAfterEject, world, settings))).toEqual([`target groups of ours: ${GREEN}`]);
  world.tags = { [GREEN]: { Name: 'kong-edge-edge-proxy-green' } };
  expect(bad(await check(checkAfterEject, world, settings))).toEqual([]);
});
