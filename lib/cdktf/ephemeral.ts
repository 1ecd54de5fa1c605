import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';

/** Ephemeral resources and write-only arguments, by which no password comes into a state (Terraform 1.11, OpenTofu 1.11). */
export const REQUIRED_VERSION = '>= 1.11.0';

/**
 * A resource whose values no plan and no state holds. cdktf has no block for it, so it is written past its types; a stack of
 * somebody's own then asks for a Terraform that knows it.
 * @returns its address, for an expression
 */
export function ephemeral(
  scope: Construct,
  type: string,
  name: string,
  settings: Readonly<Record<string, string | number | boolean>>,
): string {
  const stack = TerraformStack.of(scope);
  const address = `ephemeral.${type}.${name}`;
  stack.addOverride(address, settings);
  stack.addOverride('terraform.required_version', REQUIRED_VERSION);
  return address;
}
