import { LbTargetGroup } from '@cdktf/provider-aws/lib/lb-target-group';
import type { Construct } from 'constructs';
import type { TargetGroupSpec } from '../blueprint/spec';
import { targetGroupName } from '../blueprint/tag-names';
import { SLOTS } from '../traffic/weights';
import type { Slot } from '../traffic/weights';
import { literal } from './literal';

export interface SlotTargetGroup {
  readonly arn: string;
  /** `targetgroup/NAME/ID`, the CloudWatch dimension. */
  readonly fullName: string;
}
export type SlotTargetGroups = Readonly<Record<Slot, SlotTargetGroup>>;

export interface SlotTargetGroupsProps {
  /** Of the system. */
  readonly name: string;
  readonly specs: Readonly<Record<Slot, TargetGroupSpec>>;
  readonly vpcId: string;
}

/** A target group a slot, by IP address, its health asked on the nodes' status port. */
export function slotTargetGroups(
  scope: Construct,
  kind: 'Proxy' | 'Admin',
  { name, specs, vpcId }: SlotTargetGroupsProps,
): SlotTargetGroups {
  const [blue, green] = SLOTS.map((slot) => {
    const tag = targetGroupName(`${name}-edge`, kind === 'Proxy' ? 'proxy' : 'admin', slot);
    const made = { name: tag, spec: specs[slot], vpcId };
    return targetGroup(scope, `${capital(slot)}${kind}`, made);
  });
  return { blue: blue!, green: green! };
}

/**
 * Not `create_before_destroy`: a group that must be replaced would get a successor without nodes. As it is, ELB refuses to
 * delete a group that a rule forwards to, before anything was changed.
 */
function targetGroup(
  scope: Construct,
  id: string,
  { name, spec, vpcId }: { readonly name: string; readonly spec: TargetGroupSpec; readonly vpcId: string },
): SlotTargetGroup {
  const { existingArn, health } = spec;
  if (existingArn !== undefined) {
    return { arn: existingArn, fullName: existingArn.split(':').at(-1) ?? '' };
  }
  // Without a name: one has 32 characters at most, and the system's has 30 of them.
  const group = new LbTargetGroup(scope, id, {
    vpcId,
    targetType: 'ip',
    protocol: 'HTTP',
    port: spec.port,
    deregistrationDelay: String(spec.deregistrationDelaySeconds),
    healthCheck: {
      protocol: 'HTTP',
      port: String(health.port),
      path: literal(health.path),
      interval: health.intervalSeconds,
      timeout: health.timeoutSeconds,
      healthyThreshold: health.healthyCount,
      unhealthyThreshold: health.unhealthyCount,
      matcher: literal(health.successCodes),
    },
    tags: { Name: name },
  });
  return { arn: group.arn, fullName: group.arnSuffix };
}

export const capital = (slot: Slot): 'Blue' | 'Green' => (slot === 'blue' ? 'Blue' : 'Green');
