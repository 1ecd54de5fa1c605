import type { Block, TerraformJson } from '../cdktf/synth';
import { template } from './terraform-expression';
import type { Made, Paper, StackKey } from './world';
import { STACKS, WORLD, arnOf, listenerArn, mark, secretValue } from './world';

/** What `id` is of a type (provider's documents, "Attribute Reference"). */
const ID: Readonly<Record<string, string>> = {
  aws_lb: 'arn',
  aws_lb_listener_rule: 'arn',
  aws_lb_target_group: 'arn',
  aws_sfn_state_machine: 'arn',
  aws_secretsmanager_secret: 'arn',
  aws_iam_role: 'name',
  aws_lambda_function: 'name',
  aws_cloudwatch_log_group: 'name',
  aws_dynamodb_table: 'name',
  aws_cloudwatch_metric_alarm: 'name',
  aws_db_parameter_group: 'name',
  aws_db_subnet_group: 'name',
  aws_db_instance: 'resource id',
};
const ATTRIBUTES: Readonly<Record<string, string>> = {
  dns_name: 'dns name',
  arn_suffix: 'full name',
  address: 'host',
  alarm_name: 'name',
  function_name: 'name',
  resource_id: 'resource id',
  allocation_id: 'id',
};

/** Stacks with their expressions carried out. What one publishes as a parameter another finds there, by its name. */
export function terraformOnPaper(stacks: Readonly<Record<string, TerraformJson>>): Paper {
  const byKey = Object.fromEntries(
    Object.entries(stacks).map(([name, json]) => [name.split('-').at(-1)!, json]),
  ) as Partial<Record<StackKey, TerraformJson>>;

  function evaluate(stack: StackKey, value: unknown): any {
    if (typeof value === 'string') return template(value, (reference) => resolve(stack, reference));
    if (Array.isArray(value)) return value.map((each) => evaluate(stack, each));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== '//')
        .map(([key, each]) => [template(key, (reference) => resolve(stack, reference)), evaluate(stack, each)]),
    );
  }

  function resolve(stack: StackKey, reference: readonly string[]): unknown {
    const [kind, ...rest] = reference as [string, ...string[]];
    if (kind === 'data' || kind === 'ephemeral') return read(stack, kind, rest as [string, string, string]);
    if (kind === 'local') return evaluate(stack, byKey[stack]!.locals![rest[0]!]);
    const [type, id, attribute] = reference as [string, string, string];
    const block = byKey[stack]!.resource?.[type]?.[id];
    if (block === undefined) throw new Error(`${stack}: there is no ${reference.join('.')}`);
    const at = `${stack}/${type}.${id}`;
    const isArn = attribute === 'id' || attribute === 'arn';
    // Stated by us, so that they are known before RDS says them.
    if (type === 'aws_db_instance' && (attribute === 'identifier' || attribute === 'port')) {
      return evaluate(stack, block[attribute]);
    }
    if (type === 'aws_secretsmanager_secret_version' && (attribute === 'arn' || attribute === 'secret_id')) {
      return evaluate(stack, block.secret_id);
    }
    if (type === 'aws_lb_listener' && isArn) return listenerArn(at);
    if (type === 'aws_ecs_cluster' || type === 'aws_ecs_service') {
      const name = evaluate(stack, block.name) as string;
      if (attribute === 'name') return name;
      if (type === 'aws_ecs_cluster' && isArn) return arnOf('ecs', `cluster/${name}`);
      if (isArn) return arnOf('ecs', `service/${nameOf(evaluate(stack, block.cluster) as string)}/${name}`);
    }
    const said = attribute === 'id' ? (ID[type] ?? 'id') : (ATTRIBUTES[attribute] ?? attribute);
    return mark(at, said);
  }

  function read(stack: StackKey, kind: 'data' | 'ephemeral', [type, id, attribute]: [string, string, string]): unknown {
    const block = byKey[stack]![kind]?.[type]?.[id];
    if (block === undefined) throw new Error(`${stack}: there is no ${kind}.${type}.${id}`);
    switch (type) {
      case 'aws_caller_identity':
        return WORLD.account;
      case 'aws_partition':
        return attribute === 'dns_suffix' ? WORLD.urlSuffix : WORLD.partition;
      case 'aws_region':
        return WORLD.region;
      case 'aws_availability_zones':
        return [...WORLD.zones];
      case 'aws_ssm_parameter':
        return published(stack, evaluate(stack, block.name) as string);
      case 'aws_secretsmanager_secret_version':
        return attribute === 'secret_string'
          ? secretValue(evaluate(stack, block.secret_id) as string, '')
          : evaluate(stack, block.secret_id);
      case 'aws_secretsmanager_random_password':
        return `{random ${stack}/${kind}.${type}.${id}}`;
      default:
        throw new Error(`${stack}: ${kind}.${type} is not known on paper`);
    }
  }

  function published(reader: StackKey, name: string): unknown {
    for (const stack of STACKS) {
      for (const block of Object.values(byKey[stack]?.resource?.aws_ssm_parameter ?? {})) {
        if (evaluate(stack, block.name) === name) return evaluate(stack, block.insecure_value ?? block.value);
      }
    }
    throw new Error(`${reader} reads ${name}, which no stack publishes`);
  }

  const made = STACKS.flatMap((stack) =>
    Object.entries(byKey[stack]?.resource ?? {}).flatMap(([type, blocks]) =>
      Object.entries(blocks).map(([id, block]): Made => ({
        stack,
        at: `${stack}/${type}.${id}`,
        type,
        props: evaluate(stack, block),
        after: referencesIn(stack, block),
      })),
    ),
  );
  const outputs = Object.fromEntries(
    Object.entries(byKey).map(([stack, { resource }]) => [
      stack,
      // What others read: the parameters. Terraform's own outputs say the same (test/unit/cdktf/publish.test.ts).
      Object.fromEntries(
        Object.values(resource?.aws_ssm_parameter ?? {}).map((block) => [
          String(block.name).split('/').at(-1)!,
          evaluate(stack as StackKey, block.insecure_value ?? block.value),
        ]),
      ),
    ]),
  );
  return { made, outputs };
}

/** A cluster goes by its name or its ARN. */
export const nameOf = (cluster: string): string => cluster.split(':cluster/').at(-1)!;

/** Also of what is only read, and through it: `ephemeral.…` and `data.…` are steps of their own. */
export function stepsBetween(stacks: Readonly<Record<string, TerraformJson>>): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(stacks).flatMap(([name, json]) => {
      const stack = name.split('-').at(-1)! as StackKey;
      return (['data', 'ephemeral'] as const).flatMap((kind) =>
        Object.entries(json[kind] ?? {}).flatMap(([type, blocks]) =>
          Object.entries(blocks).map(([id, block]) => [`${stack}/${kind}.${type}.${id}`, referencesIn(stack, block)]),
        ),
      );
    }),
  );
}

function referencesIn(stack: StackKey, block: Block): string[] {
  const { '//': _, ...said } = block;
  const text = JSON.stringify(said);
  return [...text.matchAll(/(?<![\w.])(?:(data|ephemeral)\.)?((?:aws_\w+|terraform_data)\.[\w-]+)/g)].map(
    ([, kind, address]) => `${stack}/${kind === undefined ? '' : `${kind}.`}${address}`,
  );
}
