import { settingsSchema } from '../../../lib/settings/schema';
import { CASES } from '../conformance/cases';
import { terraformJson } from '../conformance/drive';
import { meant } from './slot-fixtures';
import type { Block, TerraformJson } from './synth';

/**
 * What the types of the provider do not say and its own validation does, at `terraform validate` or when AWS is called:
 * the files named are those of hashicorp/terraform-provider-aws, below internal/service.
 */
type Rule = (value: any) => boolean;
const text =
  (longest: number, pattern = /^/u): Rule =>
  (value) =>
    typeof value === 'string' && value.length <= longest && pattern.test(value);
const between =
  (least: number, most: number): Rule =>
  (value) =>
    Number(value) >= least && Number(value) <= most;
/** The provider adds 26 characters to a prefix (`id.UniqueIDSuffixLength`). */
const prefix = (longest: number, pattern?: RegExp): Rule => text(longest - 26, pattern);
const json =
  (longest: number): Rule =>
  (value) => {
    JSON.parse(value as string);
    return (value as string).length <= longest;
  };

/** EC2 API, CreateSecurityGroup and IpRange; ec2/validate.go. */
const EC2_DESCRIPTION = text(255, /^[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/);
/** rds/validate.go: validIdentifier, validParamGroupNamePrefix. */
const RDS_NAME = /^(?!.*--)[a-z][0-9a-z-]*$/;
const LOG_GROUP = /^(?!aws\/)[0-9A-Za-z_./#-]+$/; // logs/validate.go, and the API's "cannot start with aws/"
const EVENTS_NAME = text(64, /^[0-9A-Za-z_.-]+$/); // events/validate.go
const ECS_NAME = text(255, /^[0-9A-Za-z_-]+$/); // ecs/validate.go, validClusterName

const RULES: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  aws_security_group: {
    name_prefix: prefix(255, /^(?!sg-)/), // ec2/vpc_security_group.go
    description: EC2_DESCRIPTION,
  },
  aws_vpc_security_group_ingress_rule: { description: EC2_DESCRIPTION },
  aws_vpc_security_group_egress_rule: { description: EC2_DESCRIPTION },
  aws_iam_role: {
    name: text(64, /^[\w+=,.@-]+$/), // iam/role.go, roleNameMaxLen
    description: text(1000, /^[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*$/), // IAM API, CreateRole
    assume_role_policy: json(2048), // IAM quota: length of a trust policy
  },
  aws_iam_role_policy: { name: text(128, /^[\w+=,.@-]+$/), policy: json(10_240) }, // IAM quota: inline policies of a role
  aws_db_instance: {
    identifier: text(63, /^(?!.*--)[a-z][0-9a-z-]*(?<!-)$/),
    final_snapshot_identifier: text(255, /^(?!.*--)[A-Za-z][0-9A-Za-z-]*(?<!-)$/), // rds/instance.go
    db_name: text(63, /^[A-Za-z_][0-9A-Za-z_]*$/),
  },
  aws_db_subnet_group: { name_prefix: prefix(255, /^[0-9a-z_ .-]+$/) },
  aws_db_parameter_group: { name_prefix: prefix(255, RDS_NAME) },
  aws_cloudwatch_log_group: { name: text(512, LOG_GROUP), name_prefix: text(483, LOG_GROUP) },
  aws_cloudwatch_event_rule: { name: EVENTS_NAME, description: text(512), event_pattern: json(4096) }, // events/rule.go
  aws_cloudwatch_event_target: {
    target_id: EVENTS_NAME,
    'input_transformer.input_template': text(8192),
    'retry_policy.maximum_event_age_in_seconds': between(60, 86_400), // EventBridge API, RetryPolicy
    'retry_policy.maximum_retry_attempts': between(0, 185),
  },
  aws_cloudwatch_dashboard: { dashboard_name: text(255, /^[0-9A-Za-z_-]+$/), dashboard_body: json(1_000_000) },
  aws_cloudwatch_metric_alarm: {
    alarm_name: text(255),
    alarm_description: text(1024),
    'metric_query.expression': text(1024),
    'metric_query.id': text(255, /^[a-z]\w*$/),
  },
  aws_dynamodb_table: { name: text(255, /^[\w.-]{3,}$/) },
  aws_lambda_function: {
    function_name: text(64, /^[0-9A-Za-z_-]+$/), // lambda/validate.go
    timeout: between(1, 900),
    memory_size: between(128, 10_240),
  },
  aws_lambda_invocation: { input: json(6_000_000) }, // lambda/invocation.go: JSON; an object with lifecycle_scope CRUD
  aws_sfn_state_machine: { name: text(80, /^[0-9A-Za-z_-]+$/), definition: json(1024 * 1024) }, // sfn/state_machine.go
  aws_secretsmanager_secret: { name_prefix: prefix(512, /^[0-9A-Za-z/_+=.@-]+$/), description: text(2048) },
  aws_ssm_parameter: {
    name: text(1011, /^\/(?!aws|ssm)[\w./-]+$/i), // SSM API, PutParameter
    insecure_value: text(8192, /^./), // an empty one is refused
  },
  aws_ecs_cluster: { name: ECS_NAME },
  aws_ecs_service: { name: ECS_NAME },
  aws_ecs_task_definition: { family: ECS_NAME, container_definitions: json(65_536) },
  aws_appautoscaling_policy: { name: text(255) }, // appautoscaling/policy.go
  aws_lb_target_group: {
    deregistration_delay: between(0, 3600), // elbv2/target_group.go
    'health_check.path': text(1024, /^\//),
    'health_check.interval': between(5, 300),
    'health_check.timeout': between(2, 120),
    'health_check.healthy_threshold': between(2, 10),
    'health_check.unhealthy_threshold': between(2, 10),
  },
  aws_lb_listener_rule: {
    priority: between(1, 50_000), // elbv2/listener_rule.go
    'condition.http_header.http_header_name': text(40, /^[0-9A-Za-z_!#$%&'*+,.^`|~-]+$/),
    'condition.http_header.values': text(128, /^./),
    'condition.host_header.values': text(128, /^./),
    'condition.path_pattern.values': text(128, /^./),
    'condition.http_request_method.values': text(40, /^[A-Za-z_-]+$/),
    'action.fixed_response.message_body': text(1024),
    'action.forward.target_group.weight': between(0, 999),
  },
};

/** What a reference may become, as long as it may. */
const ARN = `arn:aws:elasticloadbalancing:ap-southeast-1:111122223333:listener-rule/app/tf-lb-${'0'.repeat(26)}/0123456789abcdef/0123456789abcdef/0123456789abcdef`;
const lengthened = (value: string): string =>
  value
    .replace(/(?<!\$)\$\{data\.aws_region\.\w+\.region\}/g, 'ap-southeast-1')
    .replace(/(?<!\$)\$\{terraform_data\.\w+\.id\}/g, '6f1c1c9e-0000-4000-8000-000000000001')
    .replace(/(?<!\$)\$\{data\.aws_secretsmanager_secret_version\.\w+\.secret_string\}/g, 't'.repeat(32))
    .replace(/(?<!\$)\$\{(?!"\$+"\})(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}/g, ARN)
    .replace(/^[^]*$/, meant);

/** Values at a path, through lists of blocks and of texts. */
function at(block: unknown, [first, ...rest]: readonly string[]): unknown[] {
  if (Array.isArray(block)) return block.flatMap((each) => at(each, first === undefined ? [] : [first, ...rest]));
  if (first === undefined) return block === undefined ? [] : [block];
  return typeof block === 'object' && block !== null ? at((block as Block)[first], rest) : [];
}

function* checked(stacks: Readonly<Record<string, TerraformJson>>) {
  for (const { resource } of Object.values(stacks))
    for (const [type, blocks] of Object.entries(resource ?? {}))
      for (const [id, block] of Object.entries(blocks))
        for (const [path, rule] of Object.entries(RULES[type] ?? {}))
          for (const value of at(block, path.split('.')))
            yield { where: `${type}.${path}`, id, rule, value: typeof value === 'string' ? lengthened(value) : value };
}

const made = new Map<string, Record<string, TerraformJson>>();
function stacksOf(name: string): Record<string, TerraformJson> {
  const { settings, lock } = CASES[name]!;
  const longest = { settings: settingsSchema.parse({ ...settings, name: 'k'.repeat(30) }), lock };
  const stacks = made.get(name) ?? terraformJson(longest);
  made.set(name, stacks);
  return stacks;
}
const obeys = (rule: Rule, value: unknown): boolean => {
  try {
    return rule(value);
  } catch {
    return false;
  }
};

test.each(Object.keys(CASES))('with %s and a name as long as may be, the provider and AWS take every value', (name) => {
  const refused = [...checked(stacksOf(name))].filter(({ rule, value }) => !obeys(rule, value));
  expect(refused.map(({ where, id, value }) => `${where} of ${id}: ${String(value)}`)).toEqual([]);
});

test('each rule meets a value in some case, so that none guards an attribute that nobody writes', () => {
  const met = new Set(Object.keys(CASES).flatMap((name) => [...checked(stacksOf(name))].map(({ where }) => where)));
  const all = Object.entries(RULES).flatMap(([type, rules]) => Object.keys(rules).map((path) => `${type}.${path}`));
  expect(all.filter((where) => !met.has(where))).toEqual([]);
});

test.each([
  ['a security group like an id', 'aws_security_group', 'name_prefix', 'sg-kong-edge-'],
  ['a typographic quote', 'aws_security_group', 'description', 'Kong’s nodes'],
  ['a role of 65 characters', 'aws_iam_role', 'name', 'k'.repeat(65)],
  ['two dashes', 'aws_db_parameter_group', 'name_prefix', 'kong--blue-'],
  ['an empty parameter', 'aws_ssm_parameter', 'insecure_value', ''],
  ['no JSON', 'aws_lambda_invocation', 'input', '{"a":}'],
])('%s is refused', (_, type, path, value) => {
  expect(obeys(RULES[type]![path]!, value)).toBe(false);
});
