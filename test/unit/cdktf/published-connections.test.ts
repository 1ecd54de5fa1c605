import type { TerraformStack } from 'cdktf';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import { KongEdge } from '../../../lib/cdktf/edge';
import { publishedConnections } from '../../../lib/cdktf/published-connections';
import type { SlotConnections } from '../../../lib/cdktf/slot-connections';
import { systemSpec } from '../blueprint/edge-specs';
import { resolve } from './resolve';
import { dataSources, resources, synth } from './synth';

describe('given a slot in a state of its own', () => {
  let connections: SlotConnections | undefined;
  const json = synth((stack: TerraformStack) => {
    connections = publishedConnections(stack, 'kong', 'green');
    connections = { ...connections, nodeSubnetIds: resolve(stack, connections.nodeSubnetIds) };
    new Subnet(stack, 'One', { vpcId: connections.vpcId });
  });

  test('what it needs is read by names that the edge publishes', () => {
    const edge = synth((stack: TerraformStack) => {
      new KongEdge(stack, 'Edge', { spec: systemSpec() });
    });
    const published = resources(edge, 'aws_ssm_parameter').map(({ name }) => name);
    const read = dataSources(json, 'aws_ssm_parameter').map(({ name }) => name as string);
    expect(read).toContain('/kong-dual-cluster/kong-edge/GreenTargetGroupArn');
    expect(read.filter((name) => !published.includes(name))).toEqual([]);
    expect(read.filter((name) => name.includes('Blue'))).toEqual([]);
  });

  test('values are not hidden in plans, and a list is split by Terraform', () => {
    expect(resources(json, 'aws_subnet')[0]!.vpc_id).toMatch(/^\$\{data\.aws_ssm_parameter\.[\w-]+\.insecure_value\}$/);
    expect(connections!.nodeSubnetIds).toMatch(/^\$\{split\(",", data\.aws_ssm_parameter\.[\w-]+\.insecure_value\)\}$/);
  });
});
