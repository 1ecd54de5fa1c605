import type { TerraformStack } from 'cdktf';
import { networkLayout } from '../../../lib/blueprint/network-layout';
import type { NetworkSpec } from '../../../lib/blueprint/spec';
import { KongNetwork } from '../../../lib/cdktf/network';
import type { NetworkIds } from '../../../lib/cdktf/network';
import { adoptedSpec } from '../blueprint/edge-specs';
import { dataSources, resource, resources, synth } from './synth';

const made = (natGateways: number): NetworkSpec => ({ kind: 'create', cidr: '10.30.0.0/16', natGateways });
const synthNetwork = (spec: NetworkSpec, given?: NetworkIds) => {
  let network: KongNetwork | undefined;
  const json = synth((stack: TerraformStack) => {
    network = new KongNetwork(stack, 'Network', { name: 'kong', spec, ...(given && { given }) });
  });
  return { json, network: network! };
};

describe('given a network to be made', () => {
  const { json } = synthNetwork(made(2));

  test('it has the subnets of the blueprint, two zones that need no opt-in', () => {
    const { subnets } = networkLayout({ kind: 'create', cidr: '10.30.0.0/16', natGateways: 2 });
    expect(
      resources(json, 'aws_subnet')
        .map(({ cidr_block }) => cidr_block)
        .sort(),
    ).toEqual([...subnets.public, ...subnets.nodes, ...subnets.database].sort());
    expect(dataSources(json, 'aws_availability_zones')).toEqual([
      { state: 'available', filter: [{ name: 'opt-in-status', values: ['opt-in-not-required'] }] },
    ]);
  });

  test('no subnet gives out public addresses, and none is replaced when AWS opens or closes a zone', () => {
    for (const subnet of resources(json, 'aws_subnet')) {
      expect(subnet).toMatchObject({
        map_public_ip_on_launch: false,
        lifecycle: { ignore_changes: ['availability_zone'] },
      });
    }
  });

  test('public subnets go out by the internet gateway, nodes by a gateway of their zone, databases not at all', () => {
    const routes = Object.entries(json.resource!.aws_route!);
    const by = (id: string) => routes.filter(([name]) => name.includes(id)).map(([, route]) => route);
    expect(by('Public').map(({ gateway_id }) => gateway_id)).toEqual(
      Array(2).fill(expect.stringMatching(/^\$\{aws_internet_gateway\..*\.id\}$/)),
    );
    expect(by('Nodes').map(({ nat_gateway_id }) => nat_gateway_id)).toEqual([
      expect.stringContaining('Nat1_'),
      expect.stringContaining('Nat2_'),
    ]);
    expect(by('Database')).toEqual([]);
  });

  test('with one NAT gateway both zones go out by it, and more than zones are not made', () => {
    const one = synthNetwork(made(1)).json;
    expect(resources(one, 'aws_nat_gateway')).toHaveLength(1);
    const natted = resources(one, 'aws_route').filter(({ nat_gateway_id }) => nat_gateway_id !== undefined);
    expect(new Set(natted.map(({ nat_gateway_id }) => nat_gateway_id)).size).toBe(1);
    expect(resources(synthNetwork(made(3)).json, 'aws_nat_gateway')).toHaveLength(2);
  });

  test('a NAT gateway comes after the way out of its subnet, its address after the internet gateway', () => {
    for (const nat of resources(json, 'aws_nat_gateway')) {
      expect(nat.depends_on).toEqual([
        expect.stringContaining('aws_route.'),
        expect.stringContaining('aws_route_table_association.'),
      ]);
    }
    for (const address of resources(json, 'aws_eip')) {
      expect(address).toMatchObject({ domain: 'vpc', depends_on: [expect.stringContaining('aws_internet_gateway.')] });
    }
  });

  test('its flow logs are kept for a month, and their role may write there alone', () => {
    expect(resource(json, 'aws_flow_log')).toMatchObject({
      traffic_type: 'ALL',
      log_destination_type: 'cloud-watch-logs',
    });
    expect(resource(json, 'aws_cloudwatch_log_group')).toMatchObject({ retention_in_days: 30 });
    const { Statement } = JSON.parse(resource(json, 'aws_iam_role_policy').policy as string) as {
      Statement: { Resource: string[] }[];
    };
    expect(Statement.flatMap(({ Resource }) => Resource)).toEqual([
      expect.stringMatching(/^\$\{aws_cloudwatch_log_group\..*\.arn\}:\*$/),
    ]);
  });
});

describe('given an existing network', () => {
  test('its subnets are taken by id, whatever their number, and nothing is made', () => {
    const { json, network } = synthNetwork(adoptedSpec().network);
    expect(json.resource).toBeUndefined();
    expect(network.nodeSubnetIds).toEqual(['subnet-0b000001', 'subnet-0b000002', 'subnet-0b000003']);
    expect(network.wayOut).toEqual([]);
  });

  test('one that is given in code wins over the settings', () => {
    const given = { vpcId: 'vpc-1', publicSubnetIds: [], nodeSubnetIds: ['subnet-1'], databaseSubnetIds: ['subnet-2'] };
    const { json, network } = synthNetwork(made(1), given);
    expect(json.resource).toBeUndefined();
    expect([network.vpcId, network.databaseSubnetIds]).toEqual(['vpc-1', ['subnet-2']]);
  });
});
