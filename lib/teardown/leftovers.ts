import { DescribeLogGroupsCommand, type CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { Stacks } from '../deployed/stacks';

export interface LogGroupLeft {
  readonly name: string;
  readonly bytes: number;
  /** Days; undefined: for ever. */
  readonly retentionDays?: number;
}

/** Log groups that a slot's stack has kept when it went (they expire by themselves), without those that it has now. */
export async function logGroupsLeft(
  logs: CloudWatchLogsClient,
  stacks: Pick<Stacks, 'logGroups'>,
  stackName: string,
  stackExists: boolean,
): Promise<LogGroupLeft[]> {
  const groups = stackExists ? await stacks.logGroups(stackName) : [];
  if (groups === undefined) return [];
  const own = new Set(groups);
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
