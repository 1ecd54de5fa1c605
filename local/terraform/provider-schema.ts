import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../world/places';
import { blockOf } from './binding';
import { EPHEMERAL } from './ephemeral-schema';
import { FILLED_IN, SENSITIVE } from './filled-in';
import type { AttributeSchema, BlockSchema, ProviderSchema } from './schema';

/** The resource types that this stand-in knows; another one is refused as an invalid type. */
export const RESOURCE_TYPES = [
  'aws_appautoscaling_policy',
  'aws_appautoscaling_target',
  'aws_cloudwatch_dashboard',
  'aws_cloudwatch_event_rule',
  'aws_cloudwatch_event_target',
  'aws_cloudwatch_log_group',
  'aws_cloudwatch_metric_alarm',
  'aws_db_instance',
  'aws_db_parameter_group',
  'aws_db_subnet_group',
  'aws_dynamodb_table',
  'aws_ecs_cluster',
  'aws_ecs_service',
  'aws_ecs_task_definition',
  'aws_eip',
  'aws_flow_log',
  'aws_iam_role',
  'aws_iam_role_policy',
  'aws_internet_gateway',
  'aws_lambda_function',
  'aws_lambda_invocation',
  'aws_lb',
  'aws_lb_listener',
  'aws_lb_listener_rule',
  'aws_lb_target_group',
  'aws_nat_gateway',
  'aws_route',
  'aws_route_table',
  'aws_route_table_association',
  'aws_secretsmanager_secret',
  'aws_secretsmanager_secret_version',
  'aws_security_group',
  'aws_sfn_state_machine',
  'aws_ssm_parameter',
  'aws_subnet',
  'aws_vpc',
  'aws_vpc_security_group_egress_rule',
  'aws_vpc_security_group_ingress_rule',
] as const;
export type ResourceTypeName = (typeof RESOURCE_TYPES)[number];

export const DATA_TYPES = [
  'aws_availability_zones',
  'aws_caller_identity',
  'aws_partition',
  'aws_region',
  'aws_secretsmanager_secret_version',
  'aws_ssm_parameter',
] as const;
export type DataTypeName = (typeof DATA_TYPES)[number];

/** Another one makes another cache. */
const EDITION = 1;

/**
 * The schema of `hashicorp/aws` for these types, at the version that the installed @cdktf/provider-aws was made from. Reading
 * the bindings takes a second, so what they say is kept beside node_modules' other caches.
 */
export function providerSchema(): ProviderSchema {
  const { version } = JSON.parse(readFileSync(require.resolve('@cdktf/provider-aws/package.json'), 'utf8')) as {
    version: string;
  };
  const folder = join(ROOT, 'node_modules', '.cache', 'kong-dual-cluster');
  const names = [...RESOURCE_TYPES, ...DATA_TYPES].join();
  const file = join(folder, `terraform-schema-${version}-${EDITION}-${hash(names)}.json`);
  const raw = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ProviderSchema) : fromBindings();
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const part = `${file}.${process.pid}`;
    writeFileSync(part, JSON.stringify(raw));
    renameSync(part, file);
  }
  return {
    ...raw,
    resources: mapped(raw.resources, (block, type) => filledIn(block, FILLED_IN[type] ?? [])),
    data: mapped(raw.data, (block) =>
      filledIn(
        block,
        Object.keys(block.attributes).filter((name) => name !== 'id'),
      ),
    ),
    ephemeral: EPHEMERAL,
  };
}

function fromBindings(): ProviderSchema {
  const folder = (type: string): string => type.replace(/^aws_/, '').replaceAll('_', '-');
  return {
    provider: blockOf('provider'),
    resources: Object.fromEntries(RESOURCE_TYPES.map((type) => [type, blockOf(folder(type))])),
    data: Object.fromEntries(DATA_TYPES.map((type) => [type, blockOf(`data-aws-${folder(type)}`)])),
    ephemeral: {},
  };
}

/** What the provider fills in when nobody gives it: the binding does not tell that. */
function filledIn(block: BlockSchema, names: readonly string[]): BlockSchema {
  const all = new Set(['id', 'region', 'tags_all', ...names]);
  const attributes = mapped(block.attributes, (attribute, name): AttributeSchema => ({
    ...attribute,
    ...(all.has(name) && !attribute.required ? { computed: true } : {}),
    ...(SENSITIVE.has(name) || (name === 'value' && 'insecure_value' in block.attributes) ? { sensitive: true } : {}),
  }));
  const blocks = mapped(block.blocks, (nested, name) => ({
    ...nested,
    block: filledIn(
      nested.block,
      names.flatMap((path) => (path.startsWith(`${name}.`) ? [path.slice(name.length + 1)] : [])),
    ),
  }));
  return { attributes, blocks };
}

const mapped = <T, U>(of: { readonly [name: string]: T }, change: (value: T, name: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, change(value, name)]));

function hash(text: string): string {
  let value = 0;
  for (const character of text) value = (value * 31 + character.charCodeAt(0)) | 0;
  return (value >>> 0).toString(36);
}
