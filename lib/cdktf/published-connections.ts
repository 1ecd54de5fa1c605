import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { EDGE_CONNECTIONS, EDGE_OUTPUTS } from '../blueprint/output-names';
import { parameterName } from '../blueprint/parameter-names';
import type { Slot } from '../traffic/weights';
import type { SlotConnections } from './slot-connections';

/**
 * What the edge of a system published for a slot, read by name when Terraform plans: the edge must stand by then. The
 * lists of subnets are one reference each, of unknown length.
 */
export function publishedConnections(scope: Construct, systemName: string, slot: Slot): SlotConnections {
  // By system and slot: one scope may read several.
  const published = new Construct(scope, `${systemName}-edge-for-${slot}`);
  const read = (output: string): string =>
    new DataAwsSsmParameter(published, output, { name: parameterName(`${systemName}-edge`, output) }).insecureValue;
  return {
    slot,
    vpcId: read(EDGE_CONNECTIONS.vpcId),
    nodeSubnetIds: Fn.split(',', read(EDGE_CONNECTIONS.nodeSubnetIds)),
    databaseSubnetIds: Fn.split(',', read(EDGE_CONNECTIONS.databaseSubnetIds)),
    proxyTargetGroupArn: read(EDGE_OUTPUTS.targetGroupArn[slot]),
    adminTargetGroupArn: read(EDGE_OUTPUTS.adminTargetGroupArn[slot]),
    nodeSecurityGroupId: read(EDGE_CONNECTIONS.nodeSecurityGroupId[slot]),
  };
}
