import type { DatabaseReading } from '../datastore/read-database';
import type { ListenerReading } from './takeover';

/** What `adopt` read of AWS, in plain data: the input of `adoptedSettings`. Absent means that it could not be read. */
export interface SystemReading {
  readonly loadBalancer: LoadBalancerReading;
  readonly targetGroup: TargetGroupReading;
  readonly service?: ServiceReading;
  readonly database?: DatabaseReading;
  readonly network?: NetworkReading;
}

export interface LoadBalancerReading {
  readonly arn: string;
  readonly name: string;
  readonly dnsName: string;
  readonly securityGroupIds: readonly string[];
  readonly subnetIds: readonly string[];
  readonly listeners: readonly ListenerReading[];
  /** Account quotas by AWS's name, for example `condition-values-per-alb-rule`; empty when not readable. */
  readonly quotas: Readonly<Record<string, number>>;
}

export interface TargetGroupReading {
  readonly arn: string;
  /** Of the nodes. */
  readonly vpcId: string;
  readonly name: string;
  readonly protocol: string;
  readonly protocolVersion: string;
  readonly port: number;
  readonly targetType: string;
  readonly healthPath: string;
  /** Port number, or `traffic-port`. */
  readonly healthPort: string;
  /** Seconds. */
  readonly drainSeconds: number;
  /** Stickiness inside the group (`lb_cookie`, `app_cookie`): to a node, not to a slot. */
  readonly nodeStickiness: boolean;
  readonly healthyTargets: number;
  readonly targets: number;
}

export interface ServiceReading {
  readonly clusterName: string;
  readonly serviceName: string;
  readonly runningNodes: number;
  readonly desiredNodes: number;
  readonly taskDefinitionArn: string;
  readonly image: string;
  /** Fargate CPU units and MiB; absent when the task definition does not say. */
  readonly cpu?: number;
  readonly memoryMib?: number;
  readonly environment: Readonly<Record<string, string>>;
  /** `valueFrom` by name, as the task definition has it. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

export interface NetworkReading {
  readonly vpcId: string;
  readonly cidr: string;
  readonly subnets: readonly SubnetReading[];
}

export interface SubnetReading {
  readonly id: string;
  readonly availabilityZone: string;
  /** Its default route goes to an internet gateway; undefined when route tables could not be read. */
  readonly isPublic?: boolean;
  /** It has a default route at all (internet gateway, NAT gateway, transit gateway). */
  readonly hasWayOut?: boolean;
}
