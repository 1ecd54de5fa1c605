import type { Settings } from '../settings/schema';

export interface StackReading {
  readonly name: string;
  /** StackId, or the id that a Terraform stack gives itself: another one after the stack was deleted and made again. */
  readonly id: string;
  /** CloudFormation's, for example `CREATE_COMPLETE`; Terraform keeps none outside its state. */
  readonly status?: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** What the tool that deploys has left for others to read: one for each tool, made once a command. */
export interface Stacks {
  /** @returns undefined when there is no such stack, or when it was deleted */
  find(name: string): Promise<StackReading | undefined>;
  /** Names of the log groups that a stack has now; undefined where nothing in AWS says so. */
  logGroups(name: string): Promise<readonly string[] | undefined>;
  /** Why the newest deletion of a stack did not succeed, the first cause first; empty when nobody else knows. */
  whyNotDeleted(name: string): Promise<readonly string[]>;
  /** Where an output would stand, in words: `no output X`. */
  missing(name: string, output: string): string;
}

/** As the SDK's clients take it. */
export interface ClientConfig {
  readonly region: string;
  readonly maxAttempts?: number;
  readonly requestHandler?: object;
}

/** Loads the SDK of the one tool that the settings name. */
export async function openStacks(settings: Pick<Settings, 'terraform'>, config: ClientConfig): Promise<Stacks> {
  if (settings.terraform) {
    const [{ SSMClient }, { ParameterStacks }] = await Promise.all([
      import('@aws-sdk/client-ssm'),
      import('./parameter-stacks.js'),
    ]);
    return new ParameterStacks(new SSMClient({ ...config }));
  }
  const [{ CloudFormationClient }, { CloudFormationStacks }] = await Promise.all([
    import('@aws-sdk/client-cloudformation'),
    import('./cloudformation-stacks.js'),
  ]);
  return new CloudFormationStacks(new CloudFormationClient({ ...config }));
}
