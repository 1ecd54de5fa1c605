import {
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type RouteTable,
  type Subnet,
} from '@aws-sdk/client-ec2';
import { collectPages } from './pages';
import type { NetworkReading, SubnetReading } from './readings';

/** The VPC with its subnets. Route tables decide what is public; without the right to read them `isPublic` is absent. */
export async function readNetwork(ec2: EC2Client, vpcId: string): Promise<NetworkReading> {
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
  const [vpcs, subnets, tables] = await Promise.all([
    ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] })),
    collectPages<Subnet>(async (NextToken) => {
      const page = await ec2.send(new DescribeSubnetsCommand({ Filters, NextToken }));
      return [page.Subnets, page.NextToken];
    }),
    collectPages<RouteTable>(async (NextToken) => {
      const page = await ec2.send(new DescribeRouteTablesCommand({ Filters, NextToken }));
      return [page.RouteTables, page.NextToken];
    }).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'UnauthorizedOperation') return undefined;
      throw error;
    }),
  ]);
  return {
    vpcId,
    cidr: vpcs.Vpcs?.[0]?.CidrBlock ?? '',
    subnets: subnets
      .map((subnet) => subnetReading(subnet, tables))
      .sort((a, b) => a.availabilityZone.localeCompare(b.availabilityZone) || a.id.localeCompare(b.id)),
  };
}

function subnetReading(subnet: Subnet, tables: RouteTable[] | undefined): SubnetReading {
  const id = subnet.SubnetId ?? '';
  const reading = { id, availabilityZone: subnet.AvailabilityZone ?? '' };
  if (!tables) return reading;
  // A subnet without a table of its own uses the VPC's main one.
  const table =
    tables.find((t) => t.Associations?.some((a) => a.SubnetId === id)) ??
    tables.find((t) => t.Associations?.some((a) => a.Main));
  const defaultRoute = table?.Routes?.find((route) => route.DestinationCidrBlock === '0.0.0.0/0');
  return {
    ...reading,
    isPublic: defaultRoute?.GatewayId?.startsWith('igw-') ?? false,
    hasWayOut: defaultRoute !== undefined,
  };
}
