import { Duration, aws_ec2 as ec2, aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { TargetGroupSpec } from '../blueprint/spec';
import { SLOTS } from '../traffic/weights';
import type { Slot } from '../traffic/weights';

export type SlotTargetGroups = Readonly<Record<Slot, elbv2.IApplicationTargetGroup>>;

/** A target group a slot, by IP address, its health asked on the nodes' status port. */
export function slotTargetGroups(
  scope: Construct,
  kind: 'Proxy' | 'Admin',
  specs: Readonly<Record<Slot, TargetGroupSpec>>,
  vpc: ec2.IVpc,
): SlotTargetGroups {
  const [blue, green] = SLOTS.map((slot) => targetGroup(scope, `${capital(slot)}${kind}`, specs[slot], vpc));
  return { blue: blue!, green: green! };
}

function targetGroup(
  scope: Construct,
  id: string,
  spec: TargetGroupSpec,
  vpc: ec2.IVpc,
): elbv2.IApplicationTargetGroup {
  if (spec.existingArn !== undefined) {
    return elbv2.ApplicationTargetGroup.fromTargetGroupAttributes(scope, id, { targetGroupArn: spec.existingArn });
  }
  const { health } = spec;
  return new elbv2.ApplicationTargetGroup(scope, id, {
    vpc,
    targetType: elbv2.TargetType.IP,
    protocol: elbv2.ApplicationProtocol.HTTP,
    port: spec.port,
    deregistrationDelay: Duration.seconds(spec.deregistrationDelaySeconds),
    healthCheck: {
      protocol: elbv2.Protocol.HTTP,
      port: String(health.port),
      path: health.path,
      interval: Duration.seconds(health.intervalSeconds),
      timeout: Duration.seconds(health.timeoutSeconds),
      healthyThresholdCount: health.healthyCount,
      unhealthyThresholdCount: health.unhealthyCount,
      healthyHttpCodes: health.successCodes,
    },
  });
}

export const capital = (slot: Slot): 'Blue' | 'Green' => (slot === 'blue' ? 'Blue' : 'Green');
