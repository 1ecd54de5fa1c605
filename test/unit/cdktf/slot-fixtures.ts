import { KongCluster } from '../../../lib/cdktf/cluster';
import type { KongClusterProps } from '../../../lib/cdktf/cluster';
import type { SlotConnections } from '../../../lib/cdktf/slot-connections';
import type { ClusterSpec } from '../../../lib/blueprint/spec';
import { greenSpec } from '../aws-cdk/cluster-fixtures';
import { resources, synth } from './synth';
import type { Block, TerraformJson } from './synth';

const group = (kind: string) =>
  `arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/green-${kind}/0123456789abcdef`;

/** What an edge made elsewhere publishes for a slot. */
export const connections: SlotConnections = {
  slot: 'green',
  vpcId: 'vpc-0123456789abcdef0',
  nodeSubnetIds: ['subnet-0000000000000aaa1', 'subnet-0000000000000aaa2'],
  databaseSubnetIds: ['subnet-0000000000000ddd1', 'subnet-0000000000000ddd2'],
  proxyTargetGroupArn: group('proxy'),
  adminTargetGroupArn: group('admin'),
  nodeSecurityGroupId: 'sg-00000000000000aaa',
};

export const synthCluster = (
  spec: Partial<ClusterSpec> = {},
  props: Partial<Omit<KongClusterProps, 'spec'>> = {},
): TerraformJson =>
  synth((stack) => new KongCluster(stack, 'Kong', { spec: greenSpec(spec), connections, ...props }), 'kong-green');

/** Address of the one resource of a type that `matches`. */
export function addressOf(json: TerraformJson, type: string, matches: (block: Block) => boolean = () => true): string {
  const found = Object.entries(json.resource?.[type] ?? {}).filter(([, block]) => matches(block));
  if (found.length !== 1) throw new Error(`${found.length} of ${type}`);
  return `${type}.${found[0]![0]}`;
}

/** A text as Terraform means it: its escapes undone, references left as they are. */
export const meant = (text: unknown): string =>
  String(text)
    .replace(/\$\{"(\$+)"\}/g, (_, dollars: string) => dollars)
    .replace(/\$\$\{/g, '${')
    .replace(/%%\{/g, '%{');

/** Containers of a task definition by name. */
export const containersOf = (json: TerraformJson, family: string): Record<string, any> => {
  const [definition] = resources(json, 'aws_ecs_task_definition').filter((each) => each.family === family);
  const containers = JSON.parse(meant(definition?.container_definitions)) as { name: string }[];
  return Object.fromEntries(containers.map((container) => [container.name, container]));
};

/** JSON with references in it, whose own quotes are no part of the JSON. */
export const dataOf = (text: unknown): any =>
  JSON.parse(String(text).replace(/\$\{[^}]*\}/g, (reference) => JSON.stringify(reference).slice(1, -1)));

/** The invocation with this resource; its input as data. */
export function invocation(json: TerraformJson, name: string): { block: any; input: any } {
  for (const block of resources(json, 'aws_lambda_invocation') as any[]) {
    const input = dataOf(block.input);
    if (input.Resource === name) return { block, input };
  }
  throw new Error(`no invocation of ${name}`);
}
