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
  const ofStack = new RegExp(`(^|/)${stackName}[-/](?!(edge|blue|green)[-/])`);
  const found: LogGroupLeft[] = [];
  let nextToken: string | undefined;
  do {
    // The tool names what has no name of its own after the stack; Lambda and Container Insights put theirs before it.
    const page = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePattern: stackName, nextToken }));
    for (const { logGroupName: name = '', storedBytes: bytes = 0, retentionInDays } of page.logGroups ?? []) {
      if (!ofStack.test(name)) continue;
      found.push({ name, bytes, ...(retentionInDays !== undefined && { retentionDays: retentionInDays }) });
    }
    nextToken = page.nextToken;
  } while (nextToken);
  if (!stackExists) return found;
  const own = new Set((await stacks.logGroups(stackName)) ?? newestOfEachKind(found.map(({ name }) => name)));
  return found.filter(({ name }) => !own.has(name));
}

/** Terraform ends a name that it makes with the time, to a ten-thousandth of a second, and a count in eight hexadecimal digits. */
const MADE_AT = /\d{18}[0-9a-f]{8}$/;

/** Of the names that differ in the time alone the last one, and every name without a time. */
function newestOfEachKind(names: readonly string[]): string[] {
  const newest = new Map<string, string>();
  for (const name of [...names].sort()) newest.set(name.replace(MADE_AT, ''), name);
  return [...newest.values()];
}
