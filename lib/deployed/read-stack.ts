import { DescribeStacksCommand, type CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EXIT, KongDualClusterError } from '../errors';

export interface StackReading {
  readonly name: string;
  /** StackId: another one after the stack was deleted and made again. */
  readonly id: string;
  /** CloudFormation status, for example `CREATE_COMPLETE`. */
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** @returns undefined when there is no such stack, or when it was deleted */
export async function findStack(cloudFormation: CloudFormationClient, name: string): Promise<StackReading | undefined> {
  try {
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
    const stack = Stacks?.[0];
    if (!stack || stack.StackStatus === 'DELETE_COMPLETE') return undefined;
    const outputs = (stack.Outputs ?? []).flatMap(({ OutputKey, OutputValue }) =>
      OutputKey === undefined || OutputValue === undefined ? [] : [[OutputKey, OutputValue] as const],
    );
    return { name, id: stack.StackId ?? '', status: stack.StackStatus ?? '', outputs: Object.fromEntries(outputs) };
  } catch (error) {
    // CloudFormation has no error of its own for this.
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

/** @throws KongDualClusterError STACK_NOT_FOUND */
export async function readStack(cloudFormation: CloudFormationClient, name: string): Promise<StackReading> {
  const stack = await findStack(cloudFormation, name);
  if (stack) return stack;
  throw new KongDualClusterError('STACK_NOT_FOUND', 'a stack is not deployed', {
    found: `no stack ${name} in this account and region`,
    remedy: `deploy it: npx cdk deploy ${name}; or check --region and the credentials`,
    exitCode: EXIT.preflightRefused,
  });
}
