import { GetParametersByPathCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { STATE_ID } from '../blueprint/output-names';
import { parameterName, parameterPath } from '../blueprint/parameter-names';
import type { StackReading, Stacks } from './stacks';

/**
 * Stacks that Terraform made, by the parameters that they publish: nothing here reads a state. An apply that failed half-way
 * leaves some of them, which is a stack all the same: what a command needs of it and does not find is said then.
 */
export class ParameterStacks implements Stacks {
  constructor(private readonly client: Pick<SSMClient, 'send'>) {}

  async find(name: string): Promise<StackReading | undefined> {
    const prefix = `${parameterPath(name)}/`;
    const outputs: Record<string, string> = {};
    let NextToken: string | undefined;
    do {
      // A page may be empty and name another one (Systems Manager API, GetParametersByPath).
      const page = await this.client.send(new GetParametersByPathCommand({ Path: parameterPath(name), NextToken }));
      for (const { Name, Value } of page.Parameters ?? []) {
        if (Name?.startsWith(prefix) && Value !== undefined) outputs[Name.slice(prefix.length)] = Value;
      }
      NextToken = page.NextToken;
    } while (NextToken);
    if (Object.keys(outputs).length === 0) return undefined;
    return { name, id: outputs[STATE_ID] ?? '', outputs };
  }

  /** Only the state knows them; their names say which ones are the newest. */
  logGroups(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** What Terraform said it has said when it ran; nothing in AWS remembers it. */
  whyNotDeleted(): Promise<string[]> {
    return Promise.resolve([]);
  }

  missing(name: string, output: string): string {
    return `no parameter ${parameterName(name, output)}: an earlier version made the stack, or its last apply did not end`;
  }
}
