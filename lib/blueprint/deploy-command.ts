import type { Settings } from '../settings/schema';

/*
 * What to type to deploy or destroy one stack, by the tool that the settings name: the one place where commands, findings
 * and errors take it from. Neither form touches the weights or another stack.
 */

type Tool = Pick<Settings, 'terraform'>;

/** Folder of one stack as `cdktf synth` writes it; `output` in cdktf.json may name another than cdktf.out. */
export const stackFolder = (stackName: string, output = 'cdktf.out'): string => `${output}/stacks/${stackName}`;

/**
 * `init` is in each of Terraform's: a folder that was written just now wants it (a new slot, a fresh clone), elsewhere it changes
 * nothing, and what Terraform says where it is missing speaks of a changed backend.
 */
const terraform = (stackName: string, verbs: readonly string[]): string =>
  ['npx cdktf synth', ...['init', ...verbs].map((verb) => `terraform -chdir=${stackFolder(stackName)} ${verb}`)].join(
    ' && ',
  );

export const deployCommand = (settings: Tool, stackName: string): string =>
  settings.terraform ? terraform(stackName, ['apply']) : `npx cdk deploy ${stackName} --exclusively`;

/** What a deployment would change. */
export const diffCommand = (settings: Tool, stackName: string): string =>
  settings.terraform ? terraform(stackName, ['plan']) : `npx cdk diff ${stackName} --exclusively`;

/**
 * What holds data has `prevent_destroy`, except in what was made with the variable. AWS refuses a database or load balancer whose
 * deletion protection is on: for a slot that stands whole, `giveUpCommand`.
 */
export const destroyCommand = (settings: Tool, stackName: string): string =>
  settings.terraform
    ? `${DESTROY}=${stackName} ${terraform(stackName, ['destroy'])}`
    : `npx cdk destroy ${stackName} --exclusively`;

/** Removes a slot that never took traffic, with its database: Terraform takes the deletion protection off by an apply before. */
export const giveUpCommand = (settings: Tool, stackName: string): string =>
  settings.terraform
    ? `${DESTROY}=${stackName} ${terraform(stackName, ['apply', 'destroy'])}`
    : destroyCommand(settings, stackName);

/** Name of the environment variable that tells the Terraform app which stack is about to be destroyed. */
export const DESTROY = 'KONG_DUAL_CLUSTER_DESTROY';

/**
 * How a listener rule that is gone is made again. Terraform sees that it is; CloudFormation does not, and a deploy without
 * a change does nothing: the value is another one each time.
 */
export const repairCommand = (settings: Tool, edgeStack: string): string =>
  settings.terraform ? deployCommand(settings, edgeStack) : `${deployCommand(settings, edgeStack)} --context repair=1`;

/** Where no settings are at hand: both. */
export const repairByEither = (edgeStack: string): string =>
  `${repairCommand({}, edgeStack)} (another text each time), or with Terraform ${repairCommand({ terraform: {} }, edgeStack)}`;

/** The program that a deployment is asked of. */
export const toolName = (settings: Tool): string => (settings.terraform ? 'terraform' : 'cdk');
