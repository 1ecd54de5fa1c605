import type { Settings } from '../settings/schema';

/*
 * What to type to deploy or destroy one stack, by the tool that the settings name: the one place where commands, findings
 * and errors take it from. Neither form touches the weights or another stack.
 */

type Tool = Pick<Settings, 'terraform'>;

/** Folder of one stack as `cdktf synth` writes it; `output` in cdktf.json may name another than cdktf.out. */
export const stackFolder = (stackName: string, output = 'cdktf.out'): string => `${output}/stacks/${stackName}`;

/** Terraform's says `init` first where it is wanted (once in each folder), and then names it itself. */
export const deployCommand = (settings: Tool, stackName: string): string =>
  settings.terraform
    ? `npx cdktf synth && terraform -chdir=${stackFolder(stackName)} apply`
    : `npx cdk deploy ${stackName} --exclusively`;

/** What a deployment would change. */
export const diffCommand = (settings: Tool, stackName: string): string =>
  settings.terraform
    ? `npx cdktf synth && terraform -chdir=${stackFolder(stackName)} plan`
    : `npx cdk diff ${stackName} --exclusively`;

/** What holds data has `prevent_destroy`, except in what was made with the variable. */
export const destroyCommand = (settings: Tool, stackName: string): string =>
  settings.terraform
    ? `${DESTROY}=${stackName} npx cdktf synth && terraform -chdir=${stackFolder(stackName)} destroy`
    : `npx cdk destroy ${stackName} --exclusively`;

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
