import { EcsCluster } from '@cdktf/provider-aws/lib/ecs-cluster';
import { Fn } from 'cdktf';
import type { Construct } from 'constructs';

/** ARNs of what is named like an ECS cluster, in its partition, region and account. */
export interface ClusterArns {
  readonly name: string;
  readonly arn: string;
  /** Of every task in it. */
  readonly taskArns: string;
  /** Of the service that has its name; known before that is made, so that the function that it waits for may name it. */
  readonly serviceArn: string;
  readonly databaseArn: (identifier: string) => string;
}

/** An ECS cluster with Container Insights. */
export function makeCluster(scope: Construct, id: string, name: string): ClusterArns {
  const { arn } = new EcsCluster(scope, id, { name, setting: [{ name: 'containerInsights', value: 'enabled' }] });
  const databases = Fn.replace(Fn.replace(arn, ':ecs:', ':rds:'), `:cluster/${name}`, ':db:');
  return {
    name,
    arn,
    taskArns: `${Fn.replace(arn, ':cluster/', ':task/')}/*`,
    serviceArn: `${Fn.replace(arn, ':cluster/', ':service/')}/${name}`,
    // Behind the expression and not in it: cdktf takes the settings' text there for its own.
    databaseArn: (identifier) => `${databases}${identifier}`,
  };
}
