import { DataAwsSubnets } from '@cdktf/provider-aws/lib/data-aws-subnets';
import { DataAwsVpc } from '@cdktf/provider-aws/lib/data-aws-vpc';
import type { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import type { SystemSpec } from '../../../lib/blueprint/spec';
import { systemSpec } from '../../../lib/blueprint/system';
import { KongCluster, KongEdge, problemsOf, publishedConnections } from '../../../lib/cdktf';
import type { KongEdgeProps } from '../../../lib/cdktf';
import type { SettingsInput } from '../../../lib/settings/schema';
import { SLOTS } from '../../../lib/traffic/weights';
import { NO_LOCK, settingsOf } from '../blueprint/settings-of';
import type { TerraformJson } from './synth';
import { resources, synth } from './synth';

const NEW = { datastore: { new: {} } };
const specOf = (name: string, more: Partial<SettingsInput> = {}): SystemSpec =>
  systemSpec(
    settingsOf({ name, slots: { blue: { version: '2.8', ...NEW }, green: { version: '3.4', ...NEW } }, ...more }),
    NO_LOCK,
  );

/** An edge with both of its slots, in a stack that somebody else named. */
function system(stack: Construct, name: string, { spec = specOf(name), ...more }: Partial<KongEdgeProps> = {}): void {
  const edge = new KongEdge(stack, `${name}Edge`, { spec, ...more });
  for (const slot of SLOTS) {
    new KongCluster(stack, `${name}${slot}`, { spec: spec.slots[slot]!, connections: edge.connections(slot) });
  }
}

const parameters = (json: TerraformJson): string[] =>
  resources(json, 'aws_ssm_parameter').map(({ name }) => (name as string).replace('/kong-dual-cluster/', ''));

describe('given a stack of one’s own', () => {
  test('when it holds two whole systems, then it refers to itself alone and every output is there by its system’s name', () => {
    const json = synth((stack: TerraformStack) => {
      system(stack, 'a');
      system(stack, 'b');
    }, 'mine');
    expect(problemsOf(json)).toEqual([]);
    expect(Object.keys(json.output!).sort()).toEqual(
      parameters(json)
        .map((name) => name.replace('/', '-'))
        .sort(),
    );
  });

  test('when its owner has constructs called Account and Region, then names still end in the region', () => {
    const json = synth((stack: TerraformStack) => {
      new Construct(stack, 'Account');
      new Construct(stack, 'Region');
      system(stack, 'kong');
    }, 'mine');
    for (const { name } of resources(json, 'aws_iam_role'))
      expect(name).toMatch(/-\$\{data\.aws_region\.\w+\.region\}$/);
  });

  test('when both slots read what an edge published elsewhere, then each reads its own', () => {
    const spec = specOf('kong');
    const json = synth((stack: TerraformStack) => {
      new Construct(stack, 'Edge');
      for (const slot of SLOTS) {
        const connections = publishedConnections(stack, 'kong', slot);
        new KongCluster(stack, slot, { spec: spec.slots[slot]!, connections });
      }
    }, 'mine');
    expect(problemsOf(json)).toEqual([]);
  });

  test('when the network is found by data sources, then its lists stay references', () => {
    const json = synth((stack: TerraformStack) => {
      const vpcId = new DataAwsVpc(stack, 'Vpc', { tags: { Name: 'ours' } }).id;
      const ids = (tier: string): string[] => new DataAwsSubnets(stack, tier, { tags: { Tier: tier } }).ids;
      const network = {
        vpcId,
        publicSubnetIds: ids('public'),
        nodeSubnetIds: ids('nodes'),
        databaseSubnetIds: ids('database'),
      };
      system(stack, 'kong', { network });
    }, 'mine');
    expect(problemsOf(json)).toEqual([]);
    for (const { network_configuration: network } of resources(json, 'aws_ecs_service')) {
      expect((network as { subnets: unknown }).subnets).toBe('${data.aws_subnets.nodes.ids}');
    }
  });

  test('when ids of the network hold what an expression ends with, then no expression holds them', () => {
    const odd = ['subnet-"1', 'subnet-2'];
    const existing = {
      vpcId: 'vpc-1',
      cidr: '10.0.0.0/16',
      availabilityZones: ['a', 'b'],
      ...{ publicSubnetIds: odd, nodeSubnetIds: odd, databaseSubnetIds: odd },
    };
    const json = synth((stack: TerraformStack) => {
      system(stack, 'kong', { spec: specOf('kong', { network: { existing } }) });
    }, 'mine');
    expect(problemsOf(json)).toEqual([]);
  });
});
