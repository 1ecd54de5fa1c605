import type { TerraformStack } from 'cdktf';
import { DataAwsSubnets } from '@cdktf/provider-aws/lib/data-aws-subnets';
import { EDGE_CONNECTIONS, EDGE_OUTPUTS } from '../../../lib/blueprint/output-names';
import type { SystemSpec } from '../../../lib/blueprint/spec';
import { problemsOf } from '../../../lib/cdktf/check';
import { KongEdge } from '../../../lib/cdktf/edge';
import type { KongEdgeProps } from '../../../lib/cdktf/edge';
import { adoptedSpec, edgeSpec, ownRule, systemSpec } from '../blueprint/edge-specs';
import { dataSources, resource, resources, synth } from './synth';
import type { Block, TerraformJson } from './synth';

function make(spec: SystemSpec = systemSpec(), props: Omit<KongEdgeProps, 'spec'> = {}) {
  let edge: KongEdge | undefined;
  const json = synth((stack: TerraformStack) => {
    edge = new KongEdge(stack, 'Edge', { spec, ...props });
  });
  return { json, edge: edge! };
}
const published = (json: TerraformJson): Record<string, string> =>
  Object.fromEntries(
    resources(json, 'aws_ssm_parameter').map(({ name, insecure_value }) => [
      (name as string).replace('/kong-dual-cluster/kong-edge/', ''),
      insecure_value as string,
    ]),
  );
const rulesAt = (json: TerraformJson, priority: number): Block[] =>
  resources(json, 'aws_lb_listener_rule').filter((rule) => rule.priority === priority);

const own = make();
const adopted = make(adoptedSpec());

describe('given an edge of our own', () => {
  test('nothing in it is unresolved, leads nowhere or holds a secret', () => {
    for (const { json } of [own, adopted]) expect(problemsOf(json, { folders: [process.cwd()] })).toEqual([]);
  });

  test('what the command and the slots read is published by name, once each', () => {
    const names = Object.keys(published(own.json));
    const expected = [...Object.values(EDGE_OUTPUTS), ...Object.values(EDGE_CONNECTIONS)].flatMap((name) =>
      typeof name === 'string' ? [name] : Object.values(name),
    );
    expect(names.sort()).toEqual([...expected, 'StateId'].sort());
    expect(resources(own.json, 'aws_ssm_parameter')).toHaveLength(names.length);
  });

  test('the state has an id that goes with it', () => {
    expect(published(own.json).StateId).toMatch(/^\$\{terraform_data\.\w+\.id\}$/);
    expect(resources(own.json, 'terraform_data')).toEqual([{}]);
  });

  test('the weighted rules are published in their order', () => {
    const { json } = make(systemSpec({ http: 'forward', rules: [ownRule('https'), ownRule('http')] }));
    expect(JSON.parse(published(json).WeightedRuleArns!)).toEqual([
      expect.stringContaining('WeightedHttps'),
      expect.stringContaining('WeightedHttp_'),
    ]);
  });

  test('a rule on a listener that does not forward is refused', () => {
    expect(() => make(systemSpec({ rules: [ownRule('http')] }))).toThrow('EDGE_FORWARDS_NOTHING');
  });

  test('no weighted rule is destroyed unless the app is told to destroy the stack', () => {
    const weighted = (json: TerraformJson) => rulesAt(json, 1000).map(({ lifecycle }) => lifecycle);
    const kept = { ignore_changes: ['action'], prevent_destroy: true };
    expect(weighted(own.json)).toEqual([kept, kept]);
    const { json } = make(systemSpec(), { destroyable: true });
    expect(weighted(json)).toEqual([{ ignore_changes: ['action'] }, { ignore_changes: ['action'] }]);
    expect(JSON.stringify(json)).not.toContain('prevent_destroy');
  });

  test('it is the same with and without slots', () => {
    const slots = { blue: {} } as unknown as SystemSpec['slots'];
    expect(make(systemSpec({}, { slots })).json).toEqual(own.json);
  });

  test('the machines move weights where the runner owns them, and are not there where the template does', () => {
    expect(own.edge.machines).toBeDefined();
    const { edge, json } = make(systemSpec({ weightOwnership: 'template' }));
    expect(edge.machines).toBeUndefined();
    expect(resources(json, 'aws_sfn_state_machine')).toEqual([]);
    expect(Object.keys(published(json))).not.toContain('ShiftMachineArn');
  });
});

describe('given target groups', () => {
  test('the status port is asked for their health, as the version of the slot answers it', () => {
    const groups = resources(own.json, 'aws_lb_target_group');
    expect(groups.map(({ port, target_type }) => [port, target_type])).toEqual([
      [8001, 'ip'],
      [8001, 'ip'],
      [8000, 'ip'],
      [8000, 'ip'],
    ]);
    expect(groups[2]).toMatchObject({
      protocol: 'HTTP',
      deregistration_delay: '30',
      health_check: {
        port: '8100',
        path: '/status',
        protocol: 'HTTP',
        matcher: '200',
        interval: 10,
        timeout: 5,
        healthy_threshold: 2,
        unhealthy_threshold: 3,
      },
    });
    expect(groups[3]).toMatchObject({ health_check: { path: '/status/ready' } });
  });

  test('one that exists is used and not made', () => {
    expect(resources(adopted.json, 'aws_lb_target_group')).toHaveLength(3);
    expect(adopted.edge.targetGroups.blue.fullName).toBe('targetgroup/legacy/73e2d6bc24d8a067');
    expect(published(adopted.json).BlueTargetGroupArn).toContain('targetgroup/legacy/73e2d6bc24d8a067');
  });
});

describe('given the nodes of a slot', () => {
  const nodesOf = (json: TerraformJson, type: string): Block[] =>
    Object.entries(json.resource![type]!)
      .filter(([id]) => id.includes('GreenNodes'))
      .map(([, block]) => block);

  test('both load balancers reach them on their port and the status port, from both ends', () => {
    const ins = nodesOf(own.json, 'aws_vpc_security_group_ingress_rule');
    expect(ins.map(({ from_port }) => from_port)).toEqual([8001, 8100, 8000, 8100]);
    const outs = nodesOf(own.json, 'aws_vpc_security_group_egress_rule');
    expect(outs.map(({ from_port, ip_protocol }) => [ip_protocol, from_port])).toEqual([
      ['tcp', 8001],
      ['tcp', 8100],
      ['-1', undefined],
      ['tcp', 8000],
      ['tcp', 8100],
    ]);
    for (const rule of ins) expect(rule.security_group_id).toMatch(/GreenNodes_Group/);
    for (const rule of outs.filter(({ ip_protocol }) => ip_protocol === 'tcp')) {
      expect(rule.referenced_security_group_id).toMatch(/GreenNodes_Group/);
    }
  });

  test('an adopted load balancer’s own group is not written', () => {
    expect(nodesOf(adopted.json, 'aws_vpc_security_group_ingress_rule')).toContainEqual(
      expect.objectContaining({ referenced_security_group_id: 'sg-0a1b2c3d', from_port: 8000 }),
    );
    const all = resources(adopted.json, 'aws_vpc_security_group_egress_rule');
    expect(all.map(({ security_group_id }) => security_group_id)).not.toContain('sg-0a1b2c3d');
  });

  test('no group has rules inside itself, which would fight with ours', () => {
    for (const group of resources(own.json, 'aws_security_group')) {
      expect(group).not.toHaveProperty('ingress');
      expect(group).not.toHaveProperty('egress');
    }
  });
});

describe('given the Admin API', () => {
  test('it stands behind an internal load balancer', () => {
    const [admin] = resources(own.json, 'aws_lb').filter(({ internal }) => internal === true);
    expect(admin!.subnets).toEqual(Array(2).fill(expect.stringContaining('Nodes')));
  });

  test('the freeze rule matches nothing, and no deployment undoes a freeze', () => {
    expect(rulesAt(own.json, 1)).toMatchObject([
      {
        condition: [{ http_request_method: { values: ['KONG_FREEZE_IS_OFF'] } }],
        action: [{ type: 'fixed-response', fixed_response: { status_code: '423' } }],
        lifecycle: { ignore_changes: ['action', 'condition'] },
      },
    ]);
  });

  test('a header reaches a slot by name, and everything else goes where the traffic goes', () => {
    const header = (slot: string) => ({ http_header: { http_header_name: 'X-Kong-Slot', values: [slot] } });
    const [blue] = rulesAt(own.json, 10).filter(({ listener_arn }) => (listener_arn as string).includes('Admin'));
    expect(blue!.condition).toEqual([header('blue')]);
    const [live] = rulesAt(own.json, 1000);
    expect(live!.action).toMatchObject([{ forward: { target_group: [{ weight: 100 }, { weight: 0 }] } }]);
  });

  test('it is never split, whatever the weights', () => {
    const split = systemSpec({ weightOwnership: 'template', initialWeights: { blue: 30, green: 70 } });
    const weights = rulesAt(make(split).json, 1000).map(({ action }) =>
      (action as [{ forward: { target_group: { weight: number }[] } }])[0].forward.target_group.map(
        ({ weight }) => weight,
      ),
    );
    expect(weights).toEqual([
      [100, 0],
      [30, 70],
    ]);
  });
});

describe('given a tester header', () => {
  const tester = (header: NonNullable<SystemSpec['edge']['testerHeader']>) =>
    make(systemSpec({ testerHeader: header }));

  test('a token that is made never enters the state of its secret: it is asked for at the moment and written only', () => {
    const [[id, password]] = Object.entries(own.json.ephemeral!.aws_secretsmanager_random_password!) as [
      [string, Block],
    ];
    expect(password).toEqual({ password_length: 32, exclude_punctuation: true });
    expect(resource(own.json, 'aws_secretsmanager_secret_version')).toEqual({
      secret_id: expect.stringContaining('aws_secretsmanager_secret.') as string,
      secret_string_wo: `\${ephemeral.aws_secretsmanager_random_password.${id}.random_password}`,
      secret_string_wo_version: 1,
    });
    expect(own.json.terraform).toMatchObject({ required_version: '>= 1.11.0' });
  });

  test('the rules hold it by reference, read after it was written', () => {
    expect(dataSources(own.json, 'aws_secretsmanager_secret_version')).toEqual([
      { secret_id: expect.stringMatching(/^\$\{aws_secretsmanager_secret_version\.\w+\.arn\}$/) as string },
    ]);
    const [green] = rulesAt(own.json, 11).filter(({ listener_arn }) => (listener_arn as string).includes('Https'));
    expect(green!.condition).toEqual([
      { path_pattern: { values: ['/*'] } },
      {
        http_header: {
          http_header_name: 'X-Kong-Tester',
          values: [
            expect.stringMatching(
              /^green-\$\{data\.aws_secretsmanager_secret_version\.\w+\.secret_string\}$/,
            ) as string,
          ],
        },
      },
    ]);
  });

  test('a secret of the user’s own is read and not made', () => {
    const secretArn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:tester-AbCdEf';
    const { json } = tester({ name: 'X-T', secretArn, sourceCidrs: ['192.0.2.0/24'] });
    expect(resources(json, 'aws_secretsmanager_secret')).toEqual([]);
    expect(json).not.toHaveProperty('ephemeral');
    expect(dataSources(json, 'aws_secretsmanager_secret_version')).toEqual([{ secret_id: secretArn }]);
    expect(published(json)).toMatchObject({ TesterHeaderName: 'X-T', TesterSecretArn: secretArn });
    const rule = resources(json, 'aws_lb_listener_rule').find(({ priority, condition }) =>
      priority === 10 ? JSON.stringify(condition).includes('X-T') : false,
    );
    expect(rule!.condition).toContainEqual({ source_ip: { values: ['192.0.2.0/24'] } });
  });

  test('without one there is no secret and no output of it', () => {
    const { testerHeader: _, ...rest } = edgeSpec();
    const { json } = make({ ...systemSpec(), edge: rest });
    expect(resources(json, 'aws_secretsmanager_secret')).toEqual([]);
    expect(Object.keys(published(json))).not.toContain('TesterSecretArn');
  });

  test('more condition values than AWS takes are refused', () => {
    const sourceCidrs = ['192.0.2.0/26', '192.0.2.64/26', '192.0.2.128/26', '192.0.2.192/26'];
    expect(() => tester({ name: 'X-T', sourceCidrs })).toThrow('TESTER_RULE_TOO_MANY_VALUES');
  });
});

describe('given a network of somebody else in code', () => {
  test('its subnets may be a list that only Terraform knows', () => {
    const json = synth((stack: TerraformStack) => {
      const found = new DataAwsSubnets(stack, 'Found', { tags: { Tier: 'private' } });
      const network = {
        vpcId: 'vpc-1',
        publicSubnetIds: found.ids,
        nodeSubnetIds: found.ids,
        databaseSubnetIds: found.ids,
      };
      new KongEdge(stack, 'Edge', { spec: systemSpec(), network });
    });
    expect(resources(json, 'aws_vpc')).toEqual([]);
    expect(resources(json, 'aws_lb').map(({ subnets }) => subnets)).toEqual(
      Array(2).fill('${data.aws_subnets.Found.ids}'),
    );
    expect(published(json).NodeSubnetIds).toBe('${join(",", data.aws_subnets.Found.ids)}');
  });
});
