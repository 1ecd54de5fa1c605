import type { Slot } from '../traffic/weights';
import { GATES_STATEMENTS } from './permissions';
import type { Statement } from './permissions';

/** A Lambda function with the bundled code of one handler. */
export interface FunctionSpec {
  readonly description: string;
  readonly roleDescription: string;
  readonly timeoutSeconds: number;
  readonly memoryMib: number;
  readonly logRetentionDays: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Beside writing its own log. */
  readonly statements: readonly Statement[];
}

/** Judges the gates of a shift with the runner's own code (lib/handlers/gates). */
export const gatesFunction = (of: {
  readonly loadBalancerArn: string;
  readonly targetGroupArns: Readonly<Record<Slot, string>>;
}): FunctionSpec => ({
  description: 'kong-dual-cluster: judges the gates of a shift, and writes nothing',
  roleDescription: 'Judges the gates of a shift: reads counts and healthy nodes',
  // The shift machine waits 30 s for a verdict.
  timeoutSeconds: 25,
  memoryMib: 256,
  logRetentionDays: 90,
  environment: {
    LOAD_BALANCER_ARN: of.loadBalancerArn,
    BLUE_TARGET_GROUP_ARN: of.targetGroupArns.blue,
    GREEN_TARGET_GROUP_ARN: of.targetGroupArns.green,
  },
  statements: GATES_STATEMENTS,
});

export const MACHINE_ROLES = {
  shift: 'Runs a shift: raises weights of the Kong edge stage by stage',
  rollback: 'Puts the weights of the Kong edge back to where they were before a run',
} as const;

/** Who else may start the rollback machine, by the service's name in AWS. */
export const STARTERS = {
  scheduler: 'The dead-man timer starts the rollback machine of the Kong edge',
  events: 'The end of a shift starts the rollback machine of the Kong edge',
} as const;

/**
 * EventBridge starts the rollback machine when an execution of the shift machine ends as it should not: failed, timed out
 * or stopped by hand. One that has rolled back itself fails too, and is found ended.
 */
export const endOfShift = (machineArn: string) =>
  ({
    description: 'kong-dual-cluster: a shift that ended by itself or by hand is rolled back',
    eventPattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [machineArn] },
    },
    targetId: 'Rollback',
    inputPaths: { execution: '$.detail.executionArn', status: '$.detail.status' },
    inputTemplate: '{"execution": "<execution>", "why": "the execution of the shift ended as <status>"}',
    retry: { maximumRetryAttempts: 20, maximumEventAgeInSeconds: 900 },
  }) as const;
