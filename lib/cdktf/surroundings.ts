import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition';
import { DataAwsRegion } from '@cdktf/provider-aws/lib/data-aws-region';
import { TerraformStack } from 'cdktf';
import type { Construct, IConstruct } from 'constructs';

// Ids of their own: they stand in the stack itself, beside what its owner calls `Account` or `Region`.

/** Twelve digits: the account that the credentials mean. Asked once a stack. */
export const accountId = (scope: Construct): string =>
  once(scope, 'KongAccount', (stack, id) => new DataAwsCallerIdentity(stack, id)).accountId;

/** The region that the provider works in. Asked once a stack. */
export const regionName = (scope: Construct): string =>
  once(scope, 'KongRegion', (stack, id) => new DataAwsRegion(stack, id)).region;

/** `aws`, or what AWS calls the regions of governments and China. Asked once a stack. */
export const partitionName = (scope: Construct): string =>
  once(scope, 'KongPartition', (stack, id) => new DataAwsPartition(stack, id)).partition;

function once<T extends IConstruct>(scope: Construct, id: string, make: (stack: TerraformStack, id: string) => T): T {
  const stack = TerraformStack.of(scope);
  return (stack.node.tryFindChild(id) as T | undefined) ?? make(stack, id);
}
