import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { Construct } from 'constructs';
import type { Statement } from '../blueprint/permissions';
import { inPartition } from '../traffic/asl';
import type { AslDefinition } from '../traffic/asl';
import { literalJson } from './literal';
import { ServiceRole } from './service-role';
import { partitionName } from './surroundings';

export interface StateMachineProps {
  /** Name of the machine. */
  readonly name: string;
  readonly definition: AslDefinition;
  readonly roleDescription: string;
  readonly statements: readonly Statement[];
}

/** A standard state machine and its role, for this account alone. */
export class StateMachine extends Construct {
  readonly machineArn: string;

  constructor(scope: Construct, id: string, { name, definition, roleDescription, statements }: StateMachineProps) {
    super(scope, id);
    const role = new ServiceRole(this, 'Role', {
      name,
      service: 'states',
      description: roleDescription,
      statements,
      forThisAccount: true,
    });
    this.machineArn = new SfnStateMachine(this, 'Machine', {
      name,
      definition: literalJson(inPartition(definition, partitionName(this))),
      roleArn: role.arn,
      // A machine that is there may be started, and one that is being deleted lets its executions end.
      dependsOn: [role.policy],
    }).arn;
  }
}
