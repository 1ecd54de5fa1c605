import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter';
import { TerraformOutput, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { parameterName } from '../blueprint/parameter-names';

export interface PublishedProps {
  /** `<name>-edge`, `<name>-blue` or `<name>-green`. */
  readonly stackName: string;
  /** By the names of `EDGE_OUTPUTS` and `SLOT_OUTPUTS`; no secrets, only their ARNs. */
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * What others need of a stack, twice: as Terraform outputs, for people and other configurations, and as SSM parameters by
 * name, for the slots and the command. So neither needs to read this stack's state, wherever that lies.
 *
 * Where somebody's own stack holds it, perhaps beside others, its name begins the outputs' names: Terraform has one list of
 * them, and cdktf keeps the last of two with one name.
 */
export class Published extends Construct {
  constructor(scope: Construct, id: string, { stackName, outputs }: PublishedProps) {
    super(scope, id);
    const prefix = TerraformStack.of(this).node.id === stackName ? '' : `${stackName}-`;
    for (const [name, value] of Object.entries(outputs)) {
      new TerraformOutput(this, `${name}Output`, { value }).overrideLogicalId(`${prefix}${name}`);
      new SsmParameter(this, name, {
        name: parameterName(stackName, name),
        type: 'String',
        // Not `value`, which Terraform would hide in every plan: nothing here is a secret.
        insecureValue: value,
        // 4 KiB for nothing, 8 KiB for some cents: many adopted rules have a long list of ARNs.
        tier: 'Intelligent-Tiering',
      });
    }
  }
}
