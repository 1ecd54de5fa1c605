import { LambdaInvocation } from '@cdktf/provider-aws/lib/lambda-invocation';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Statement } from '../blueprint/permissions';
import { slotFunction } from '../blueprint/slot-function';
import { HandlerFunction } from './handler-function';
import { literal, literalJson } from './literal';

export interface SlotFunctionProps {
  /** Of the slot's stack. */
  readonly name: string;
  readonly statements: readonly Statement[];
}

/** What an invocation is told (lib/handlers/migrations/terraform.ts). */
export interface SlotInput {
  readonly Resource: 'KongMigrations' | 'KongLaunch' | 'KongGuard';
  readonly [property: string]: unknown;
}

/** The function of a slot that Terraform calls in place of CloudFormation's custom resources, and waits for. */
export class SlotFunction extends Construct {
  private readonly functionName: string;

  constructor(scope: Construct, id: string, { name, statements }: SlotFunctionProps) {
    super(scope, id);
    const { functionName } = new HandlerFunction(this, 'Handler', {
      name: `${name}-migrations`,
      handler: 'migrations',
      entry: 'terraform',
      spec: slotFunction(statements),
    });
    this.functionName = functionName;
  }

  /**
   * Calls it when it is made and when one of the triggers changes. Replaced then and never updated: when the update of an
   * invocation fails, the provider keeps the new input and does not try again; a creation that fails is tried again.
   */
  callOnce(
    id: string,
    input: SlotInput,
    triggers: Readonly<Record<string, string>>,
    dependsOn: ITerraformDependable[],
  ): LambdaInvocation {
    return new LambdaInvocation(this, id, {
      functionName: this.functionName,
      input: literalJson(input),
      triggers: literal({ ...triggers }),
      // Another network or log is no reason to do it again. A replacement takes the input as it is then.
      lifecycle: { ignoreChanges: ['input'] },
      dependsOn,
    });
  }

  /** Calls it with every creation, change and destruction of the invocation. */
  callAlways(id: string, input: SlotInput, dependsOn: ITerraformDependable[]): LambdaInvocation {
    return new LambdaInvocation(this, id, {
      functionName: this.functionName,
      input: literalJson(input),
      lifecycleScope: 'CRUD',
      dependsOn,
    });
  }
}
