import {
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  type CloudFormationClient,
} from '@aws-sdk/client-cloudformation';
import type { StackReading, Stacks } from './stacks';

/** Stacks of CloudFormation, which keeps outputs, status and events itself. */
export class CloudFormationStacks implements Stacks {
  constructor(private readonly client: Pick<CloudFormationClient, 'send'>) {}

  async find(name: string): Promise<StackReading | undefined> {
    try {
      const { Stacks } = await this.client.send(new DescribeStacksCommand({ StackName: name }));
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

  async logGroups(name: string): Promise<string[]> {
    const { StackResources } = await this.client.send(new DescribeStackResourcesCommand({ StackName: name }));
    return (StackResources ?? []).flatMap(({ ResourceType, PhysicalResourceId }) =>
      ResourceType === 'AWS::Logs::LogGroup' && PhysicalResourceId !== undefined ? [PhysicalResourceId] : [],
    );
  }

  async whyNotDeleted(name: string): Promise<string[]> {
    const { StackEvents } = await this.client.send(new DescribeStackEventsCommand({ StackName: name }));
    const newest: string[] = [];
    for (const { ResourceType, ResourceStatus, LogicalResourceId, ResourceStatusReason } of StackEvents ?? []) {
      if (ResourceStatus === 'DELETE_FAILED' && ResourceType !== 'AWS::CloudFormation::Stack') {
        newest.push(`${LogicalResourceId}: ${ResourceStatusReason ?? 'no reason given'}`);
      }
      if (ResourceStatus === 'DELETE_IN_PROGRESS' && ResourceType === 'AWS::CloudFormation::Stack') break;
    }
    return newest.reverse();
  }

  missing(_: string, output: string): string {
    return `no output ${output}`;
  }
}
