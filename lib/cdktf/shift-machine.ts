import { Construct } from 'constructs';
import { MACHINE_ROLES, gatesFunction } from '../blueprint/machines';
import { shiftStatements } from '../blueprint/permissions';
import { shiftMachine } from '../traffic/state-machine';
import type { Slot } from '../traffic/weights';
import { HandlerFunction } from './handler-function';
import { movedWeights } from './rollback-machine';
import type { MachineProps } from './rollback-machine';
import { StateMachine } from './state-machine';

export interface ShiftMachineProps extends MachineProps {
  readonly loadBalancerArn: string;
  readonly targetGroupArns: Readonly<Record<Slot, string>>;
}

/**
 * The state machine that runs a shift without a machine of yours (lib/traffic/state-machine.ts), and the function that
 * judges its gates with the runner's own code (lib/handlers/gates).
 * @throws KongDualClusterError HANDLER_NOT_BUILT
 */
export class ShiftMachine extends Construct {
  readonly machineArn: string;

  constructor(scope: Construct, id: string, props: ShiftMachineProps) {
    super(scope, id);
    const gates = new HandlerFunction(this, 'Gates', {
      name: `${props.name}-edge-gates`,
      handler: 'gates',
      spec: gatesFunction(props),
    });
    const gatesFunctionArn = gates.functionArn;
    this.machineArn = new StateMachine(this, 'Shift', {
      name: `${props.name}-edge-shift`,
      definition: shiftMachine({ ...props.targets, table: props.table.name, gatesFunctionArn }),
      roleDescription: MACHINE_ROLES.shift,
      statements: shiftStatements(movedWeights(props), gatesFunctionArn),
    }).machineArn;
  }
}
