import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { DataAwsRegion } from '@cdktf/provider-aws/lib/data-aws-region';
import { TerraformStack } from 'cdktf';
import type { Construct, IConstruct } from 'constructs';

/** Twelve digits: the account that the credentials mean. Asked once a stack. */
export const accountId = (scope: Construct): string =>
  once(scope, 'Account', (stack, id) => new DataAwsCallerIdentity(stack, id)).accountId;

/** The region that the provider works in. Asked once a stack. */
export const regionName = (scope: Construct): string =>
  once(scope, 'Region', (stack, id) => new DataAwsRegion(stack, id)).region;

function once<T extends IConstruct>(scope: Construct, id: string, make: (stack: TerraformStack, id: string) => T): T {
  const stack = TerraformStack.of(scope);
  return (stack.node.tryFindChild(id) as T | undefined) ?? make(stack, id);
}
