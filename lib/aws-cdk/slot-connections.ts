import type { aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { Slot } from '../traffic/weights';

/**
 * What the edge publishes for a slot: everything a colour needs of it, whether the edge stands in the same app or was
 * made by somebody else. Target groups go by ARN, so that attaching a service never writes a rule into the edge.
 */
export interface SlotConnections {
  readonly slot: Slot;
  readonly vpc: ec2.IVpc;
  readonly nodeSubnets: ec2.SubnetSelection;
  readonly databaseSubnets: ec2.SubnetSelection;
  readonly proxyTargetGroupArn: string;
  readonly adminTargetGroupArn: string;
  /** The load balancers may reach the nodes through it; databases admit it. */
  readonly nodeSecurityGroup: ec2.ISecurityGroup;
}
