import { readFile } from 'node:fs/promises';
import { ModifyRuleCommand, type Rule } from '@aws-sdk/client-elastic-load-balancing-v2';
import { request } from 'undici';
import { parse } from 'yaml';
import { settingsSchema, type Settings } from '../../../lib/settings/schema';
import { updateSettingsFile } from '../../../lib/settings/write';
import { Workplace } from './commands';
import { LiveRule } from '../live-rule';
import { OwnerInTest, ownersTemplate } from './owner';

jest.setTimeout(420_000);

/** One request a host of the owner's: what is Kong's, what is not, and what only the default action answers. */
const REQUESTS = [
  { host: 'static.example.test', path: '/' },
  { host: 'api.example.test', path: '/nowhere' },
  { host: 'partner.example.test', path: '/v1/nowhere' },
  { host: 'partner.example.test', path: '/other' },
  { host: 'legacy.example.test', path: '/old' },
  { host: 'unknown.example.test', path: '/nowhere' },
];

/**
 * The whole of an adoption on the local AWS: a gateway made by a plain template, `adopt`, the real `cdk deploy` of the
 * edge, `eject`, `cdk destroy`; and a stream of requests all the while, which must not notice.
 */
describe('a gateway that somebody else made', () => {
  let place: Workplace;
  let owner: OwnerInTest;
  let settings: Settings;
  let rulesBefore: Rule[];
  let answersBefore: string[];
  const changed: string[] = [];
  let sent = 0;
  let streaming = true;
  let paused = false;
  let stream: Promise<void>;

  const adoption = (): string[] => [
    'adopt',
    ...['--load-balancer', owner.outputs.LoadBalancerArn!],
    ...['--target-group', owner.outputs.TargetGroupArn!],
    ...['--service', `${owner.outputs.ClusterName}/${owner.outputs.ServiceName}`],
    '--write',
  ];
  const answers = () => Promise.all(REQUESTS.map((probe) => answer(owner.url(), probe)));
  const once = async () => {
    const now = await answers().catch((error: unknown) => [String(error)]);
    sent += REQUESTS.length;
    if (now.join('\n') !== answersBefore.join('\n') && !paused) changed.push(now.join(' | '));
  };

  /** The load balancer takes a moment to read the rules again; ten rounds alike, and no request goes to green any more. */
  const unpause = async () => {
    for (let alike = 0; alike < 10;) alike = (await answers()).join('\n') === answersBefore.join('\n') ? alike + 1 : 0;
    paused = false;
  };

  beforeAll(async () => {
    place = await Workplace.open();
    owner = new OwnerInTest(place.world);
    await owner.deploy('', 3);
    rulesBefore = await owner.rules();
    answersBefore = await answers();
    stream = (async () => {
      while (streaming) {
        if (!paused) await once();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
  });
  afterAll(async () => {
    streaming = false;
    await stream;
    await place?.close();
  });

  test('answers for its hosts before anything is adopted', () => {
    expect(answersBefore.map((text) => text.slice(0, 3))).toEqual(['200', '404', '404', '404', '302', '404']);
  });

  test('adopt reads it and writes settings, and changes no rule', async () => {
    const { exitCode, stdout, stderr } = await place.kongDualCluster(...adoption());
    expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/^reading: load balancer, listeners and rules\n/)]);
    expect(stdout).toContain('host api.example.test');
    expect(stdout).not.toContain('static.example.test');
    settings = settingsSchema.parse(parse(await readFile(place.settingsPath, 'utf8')));
    expect(settings.slots.blue).toMatchObject({
      version: '2.8',
      size: { count: 3, cpu: 1024, memoryMib: 2048 },
      adopted: { nodes: 3 },
    });
    expect(
      settings.edge.adopted?.rules.map((rule) => [
        rule.above === 'default' ? 'default' : rule.priority,
        rule.stickinessSeconds,
      ]),
    ).toEqual([
      [19, undefined],
      [39, 3600],
      ['default', undefined],
    ]);
    expect(await owner.rules()).toEqual(rulesBefore);
  });

  test('a second adopt finds the file as read, and a changed file is never overwritten', async () => {
    expect(await place.kongDualCluster(...adoption())).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('says this already'),
    });
    const file = await readFile(place.settingsPath, 'utf8');
    expect(await place.kongDualCluster(...adoption(), '--no-tester-header')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('[ADOPT_FILE_EXISTS]'),
    });
    expect(await readFile(place.settingsPath, 'utf8')).toBe(file);
  });

  test('the edge puts weighted rules above the owner’s, all weight on blue, and leaves the owner’s as they were', async () => {
    await place.cdk('deploy', 'kong-edge', '--exclusively', '--require-approval', 'never');
    const rules = await owner.rules();
    const theirs = new Set(rulesBefore.map((rule) => rule.RuleArn));
    expect(rules.filter((rule) => theirs.has(rule.RuleArn))).toEqual(rulesBefore);
    const weighted = rules.filter((rule) => !theirs.has(rule.RuleArn) && groups(rule).length === 2);
    expect(weighted.map((rule) => Number(rule.Priority)).sort((a, b) => a - b)).toEqual([19, 39, 50000]);
    for (const rule of weighted) {
      expect(groups(rule).find((group) => group.TargetGroupArn === owner.outputs.TargetGroupArn)?.Weight).toBe(100);
      expect(groups(rule).find((group) => group.TargetGroupArn !== owner.outputs.TargetGroupArn)?.Weight).toBe(0);
    }
    expect(await answers()).toEqual(answersBefore);
  });

  test('given traffic on green, eject is refused with the weights, exit 6', async () => {
    const rule = (await owner.rules()).find((live) => live.Priority === '19')!;
    const split = (blue: number, green: number) => {
      const TargetGroups = groups(rule).map(({ TargetGroupArn }) => ({
        TargetGroupArn,
        Weight: TargetGroupArn === owner.outputs.TargetGroupArn ? blue : green,
      }));
      const Actions = [{ Type: 'forward' as const, ForwardConfig: { TargetGroups } }];
      return owner.elb.send(new ModifyRuleCommand({ RuleArn: rule.RuleArn, Actions }));
    };
    // Green has no nodes: its share is answered 503 by the load balancer, which is what was asked for here.
    paused = true;
    await split(100, 1);
    const ended = await place.kongDualCluster('eject');
    await split(100, 0);
    await unpause();
    expect(ended).toMatchObject({
      exitCode: 6,
      stdout: expect.stringContaining('NOT  traffic of port 80, host api.example.test: blue 100, green 1'),
    });
  });

  describe('given a shift half-way', () => {
    const MID_SHIFT = { blue: 75, green: 25 };
    let ours: LiveRule[];
    const weights = () => Promise.all(ours.map((rule) => rule.weights()));
    const rule20 = async () => (await owner.rules()).find(({ Priority }) => Priority === '20')!;

    beforeAll(async () => {
      paused = true; // green has no nodes, as above
      const weighted = (await owner.rules()).filter((rule) => groups(rule).length === 2);
      ours = weighted.map((rule) => {
        const arns = groups(rule).map(({ TargetGroupArn }) => TargetGroupArn!);
        const blue = owner.outputs.TargetGroupArn!;
        return new LiveRule(place.world, rule.RuleArn!, { blue, green: arns.find((arn) => arn !== blue)! });
      });
      for (const rule of ours) await rule.set(MID_SHIFT);
    });
    afterAll(async () => {
      for (const rule of ours) await rule.set({ blue: 100, green: 0 });
      await unpause();
    });

    test('when the owner deploys changes of their own rules and nodes, then ours above them keep their weights', async () => {
      const before = await rule20();
      const deployed = await owner.redeploy(({ Resources }) => {
        Resources.ApiRule!.Properties.Conditions = [
          { Field: 'host-header', HostHeaderConfig: { Values: ['api.example.test', 'api2.example.test'] } },
        ];
        Resources.GatewayTargets!.Properties.TargetGroupAttributes = [
          { Key: 'deregistration_delay.timeout_seconds', Value: '5' },
        ];
      });
      expect(deployed).toBe('UPDATE_COMPLETE');
      expect((await rule20()).Conditions).not.toEqual(before.Conditions);
      expect(await weights()).toEqual([MID_SHIFT, MID_SHIFT, MID_SHIFT]);
    });

    test('when the owner wants a priority that is ours, then their deploy fails and ours keep their weights', async () => {
      const before = await owner.rules();
      const deployed = await owner.redeploy(({ Resources }) => {
        const { Properties } = Resources.StaticRule!;
        Resources.CampaignRule = { ...Resources.StaticRule!, Properties: { ...Properties, Priority: 19 } };
      });
      expect(deployed).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(await owner.rules()).toEqual(before);
      expect(await weights()).toEqual([MID_SHIFT, MID_SHIFT, MID_SHIFT]);
    });

    test('when the owner deploys what they had and we our edge, then the weights stay', async () => {
      const original = await ownersTemplate();
      const deployed = await owner.redeploy((template) => Object.assign(template, original));
      expect(deployed).toBe('UPDATE_COMPLETE');
      await updateSettingsFile(place.settingsPath, [{ path: ['edge', 'alarms'], value: { p99Seconds: 5 } }]);
      await place.cdk('deploy', 'kong-edge', '--exclusively', '--require-approval', 'never');
      expect(await weights()).toEqual([MID_SHIFT, MID_SHIFT, MID_SHIFT]);
    });
  });

  test('eject says that all is ready, and the order', async () => {
    expect(await place.kongDualCluster('eject')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('npx cdk destroy kong-edge --exclusively'),
    });
  });

  test('eject --verify is refused as long as the edge is there', async () => {
    expect(await place.kongDualCluster('eject', '--verify')).toMatchObject({
      exitCode: 2,
      stdout: expect.stringContaining('still at priority 17, 18, 19'),
    });
  });

  test('destroying the edge leaves everything as it was, rule by rule', async () => {
    await place.cdk('destroy', 'kong-edge', '--exclusively', '--force');
    expect(await owner.rules()).toEqual(rulesBefore);
    expect(await answers()).toEqual(answersBefore);
    expect(await place.kongDualCluster('eject', '--verify')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('everything is as it was before the adoption'),
    });
  });

  test('no request was answered differently all the while', () => {
    expect(sent).toBeGreaterThan(100);
    expect(changed).toEqual([]);
  });
});

const groups = (rule: Rule) => rule.Actions?.at(-1)?.ForwardConfig?.TargetGroups ?? [];

/** Status, the server, where to, and the body: what a client sees of who answered. */
async function answer(url: string, { host, path }: (typeof REQUESTS)[number]): Promise<string> {
  const { statusCode, headers, body } = await request(`${url}${path}`, { headers: { host } });
  return [statusCode, headers.server ?? '', headers.location ?? '', await body.text()].map(String).join(' ');
}
