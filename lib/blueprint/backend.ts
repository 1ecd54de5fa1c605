import { EXIT, KongDualClusterError } from '../errors';
import type { Settings } from '../settings/schema';

/**
 * One tool for a system: the other would not find what the first one has made, and make everything a second time.
 * @param app the tool that the app at hand writes for
 * @throws KongDualClusterError BACKEND_IS_TERRAFORM, BACKEND_IS_CLOUDFORMATION (exit 8)
 */
export function refuseOtherBackend(
  { name, terraform }: Pick<Settings, 'name' | 'terraform'>,
  app: 'cloudformation' | 'terraform',
): void {
  if (terraform !== undefined && app === 'cloudformation') {
    throw new KongDualClusterError('BACKEND_IS_TERRAFORM', `${name} is deployed by Terraform`, {
      found: 'the key `terraform` in the settings, in the app for AWS CDK',
      remedy:
        'write its stacks with `npx kong-dual-cluster-terraform-app`; without the key CloudFormation would make everything a second time',
      exitCode: EXIT.preflightRefused,
    });
  }
  if (terraform === undefined && app === 'terraform') {
    throw new KongDualClusterError('BACKEND_IS_CLOUDFORMATION', `${name} is deployed by CloudFormation`, {
      found: 'no key `terraform` in the settings, in the app for Terraform',
      remedy:
        'add `terraform: {}` to the settings, if no stack of this system stands in CloudFormation; the commands find by it what stands',
      exitCode: EXIT.preflightRefused,
    });
  }
}
