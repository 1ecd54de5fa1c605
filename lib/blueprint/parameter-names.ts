/**
 * Where a stack that Terraform made publishes its outputs: Systems Manager parameters by the stack's name. CloudFormation
 * keeps outputs itself.
 */
export const parameterPath = (stackName: string): string => `/kong-dual-cluster/${stackName}`;

export const parameterName = (stackName: string, output: string): string => `${parameterPath(stackName)}/${output}`;
