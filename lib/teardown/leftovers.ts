import {
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  type CloudFormationClient,
} from '@aws-sdk/client-cloudformation';
import { DescribeLogGroupsCommand, type CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';

export interface LogGroupLeft {
  readonly name: string;
  readonly bytes: number;
  /** Days; undefined: for ever. */
  readonly retentionDays?: number;
}

/** Log groups that a slot's stack has kept when it went (they expire by themselves), without those that it has now. */
export async function logGroupsLeft(
  logs: CloudWatchLogsClient,
  cloudFormation: CloudFormationClient,
  stackName: string,
  stackExists: boolean,
): Promise<LogGroupLeft[]> {
  const own = new Set(stackExists ? await resourcesOf(cloudFormation, stackName, 'AWS::Logs::LogGroup') : []);
  const ofStack = new RegExp(`(^|/)${stackName}[-/](?!(edge|blue|green)[-/])`);
  const found: LogGroupLeft[] = [];
  let nextToken: string | undefined;
  do {
    // CloudFormation names what has no name of its own after the stack; Lambda and Container Insights put theirs before it.
    const page = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePattern: stackName, nextToken }));
    for (const { logGroupName: name = '', storedBytes: bytes = 0, retentionInDays } of page.logGroups ?? []) {
      if (own.has(name) || !ofStack.test(name)) continue;
      found.push({ name, bytes, ...(retentionInDays !== undefined && { retentionDays: retentionInDays }) });
    }
    nextToken = page.nextToken;
  } while (nextToken);
  return found;
}

async function resourcesOf(cloudFormation: CloudFormationClient, StackName: string, type: string): Promise<string[]> {
  const { StackResources } = await cloudFormation.send(new DescribeStackResourcesCommand({ StackName }));
  return (StackResources ?? []).flatMap(({ ResourceType, PhysicalResourceId }) =>
    ResourceType === type && PhysicalResourceId !== undefined ? [PhysicalResourceId] : [],
  );
}

/** Why the newest deletion of a stack did not succeed, in CloudFormation's words; the first cause first. */
export async function whyNotDeleted(cloudFormation: CloudFormationClient, StackName: string): Promise<string[]> {
  const { StackEvents } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName }));
  const newest: string[] = [];
  for (const { ResourceType, ResourceStatus, LogicalResourceId, ResourceStatusReason } of StackEvents ?? []) {
    if (ResourceStatus === 'DELETE_FAILED' && ResourceType !== 'AWS::CloudFormation::Stack') {
      newest.push(`${LogicalResourceId}: ${ResourceStatusReason ?? 'no reason given'}`);
    }
    if (ResourceStatus === 'DELETE_IN_PROGRESS' && ResourceType === 'AWS::CloudFormation::Stack') break;
  }
  return newest.reverse();
}
