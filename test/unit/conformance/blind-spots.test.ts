import { CASES } from './cases';
import { cloudFormationTemplates, terraformJson } from './drive';
import type { Findings, Meaning } from './meaning';
import { ofCloudFormation } from './of-cloudformation';
import { ofTerraform } from './of-terraform';
import { meaningOf } from './roles';

/*
 * What the comparison does not see: each value of a template is changed, one after the other, and those whose change
 * leaves the meaning as it was are listed. A list that grows is a fact that somebody stopped comparing.
 */
const CASE = CASES['adopted load balancer']!;
const OTHER = CASES['green from a snapshot']!;

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
interface Place {
  /** Type and way, without indexes and names of things. */
  readonly name: string;
  readonly change: () => () => void;
}

/** Definitions of state machines and dashboards are compared as a whole. */
const WHOLE = /DefinitionString|definition$|DashboardBody|dashboard_body/;

function* places(parent: { [key: string]: Json }, key: string, name: string): Generator<Place> {
  const value = parent[key]!;
  const set = (changed: Json) => (): (() => void) => {
    parent[key] = changed;
    return () => void (parent[key] = value);
  };
  if (typeof value === 'string') {
    const inside = /^[[{]/.test(value) && !WHOLE.test(name) ? parsed(value) : undefined;
    if (inside === undefined) return yield { name, change: set(value.includes('${') ? 'changed' : `${value}1`) };
    // A text that is JSON: each value in it.
    for (const place of places({ inside }, 'inside', name)) {
      yield {
        name: place.name,
        change: () => {
          const back = place.change();
          const restore = set(JSON.stringify(inside))();
          return () => {
            restore();
            back();
          };
        },
      };
    }
  } else if (typeof value === 'number') yield { name, change: set(value + 1) };
  else if (typeof value === 'boolean') yield { name, change: set(!value) };
  else if (Array.isArray(value)) {
    for (const index of value.keys()) yield* places(value as unknown as { [key: string]: Json }, String(index), name);
  } else if (value !== null) {
    for (const inner of Object.keys(value)) if (inner !== '//') yield* places(value, inner, `${name}.${inner}`);
  }
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Of places with one name so many are tried: a route table without routes may be any. */
const TRIES = 6;

/** Names of places no change of which is seen. */
function unseen(all: Iterable<Place>, meaning: () => Meaning, seen: Set<string>): Set<string> {
  const before = JSON.stringify(meaning());
  const tries = new Map<string, number>();
  for (const { name, change } of all) {
    const tried = tries.get(name) ?? 0;
    if (seen.has(name) || tried === TRIES) continue;
    tries.set(name, tried + 1);
    const back = change();
    if (isSeen(before, meaning)) seen.add(name);
    back();
  }
  return new Set([...tries.keys()].filter((name) => !seen.has(name)));
}

function isSeen(before: string, meaning: () => Meaning): boolean {
  try {
    return JSON.stringify(meaning()) !== before;
  } catch {
    return true; // it is no longer a template that could be carried out
  }
}

const meaningBy =
  <T>(read: (of: T) => Findings, of: T) =>
  (): Meaning =>
    meaningOf(read(of));

/** What is not compared, and why. */
const NOT_COMPARED: Readonly<Record<string, readonly RegExp[]>> = {
  'names and tags are told apart by system and format, and nothing follows from them': [
    /\.tags\.Name$/,
    /\.Tags\.(Key|Value)$/,
    /^aws_\w+\.(name|name_prefix|dashboard_name|alarm_name|function_name|family|target_id)$/,
    /^aws_db_instance\.final_snapshot_identifier$/,
    /^AWS::.*\.(PolicyName|Family|Id)$/,
    /^aws_cloudwatch_metric_alarm\.metric_query\.id$/,
  ],
  'words for people': [
    /^aws_(iam_role|lambda_function|secretsmanager_secret|db_\w+_group)\.description$/,
    /^AWS::(IAM::Role|Lambda::Function|SecretsManager::Secret)\.Description/,
    /^AWS::RDS::.*Description$/,
  ],
  'how each comes to what is compared: steps, retries and versions of its own (order is compared for the steps)': [
    /^(aws_\w+|terraform_data)\.(lifecycle|timeouts|triggers|triggers_replace|depends_on|\w+_wo_version)(\.|$)/,
    /^aws_lambda_invocation\.lifecycle_scope$/,
    /^aws_db_instance\.apply_immediately$/,
    /^aws_db_parameter_group\.parameter\.apply_method$/,
    /^aws_ecs_task_definition\.skip_destroy$/,
    /^aws_ssm_parameter\.(tier|type)$/,
    /^Custom::\w+\.ServiceTimeout$/,
    /^AWS::SecretsManager::SecretTargetAttachment\.TargetType$/,
    // Of the function that is told the secret and leaves the other out.
    /^Custom::KongWeightedRule\.ActionsBefore\.AuthenticateOidcConfig\.UseExistingClientSecret$/,
  ],
  'the place in a list, which is compared': [/\.(Order|action\.order)$/],
  'what has one value that makes sense here, and else is refused': [
    /\.(policy|assume_role_policy|PolicyDocument|AssumeRolePolicyDocument)\.Version$/,
    /^aws_appautoscaling_policy\.(scalable_dimension|service_namespace)$/,
    /^AWS::ApplicationAutoScaling::ScalableTarget\.RoleARN/,
    /^(aws_eip\.domain|AWS::EC2::EIP\.Domain)$/,
    /^(aws_flow_log\.log_destination_type|AWS::EC2::FlowLog\.(LogDestinationType|ResourceType))$/,
    /^aws_route_table\.vpc_id$/,
    /^AWS::EC2::Subnet\.AvailabilityZone\.Fn::Select\.Fn::GetAZs$/,
    /^AWS::EC2::VPC\.InstanceTenancy$/,
  ],
  'form of the functions’ own log lines': [
    /^aws_lambda_function\.logging_config\.log_format$/,
    /^AWS::Lambda::Function\.LoggingConfig\.(LogFormat|ApplicationLogLevel)$/,
  ],
  'code: both have the same bundle (lib/cdktf/handler-code.ts)': [
    /^aws_lambda_function\.(filename|source_code_hash)$/,
    /^AWS::Lambda::Function\.Code\./,
  ],
};

const explained = Object.values(NOT_COMPARED).flat();
const unexplained = (blind: Iterable<string>): string[] =>
  [...blind].filter((name) => !explained.some((known) => known.test(name))).sort();

test('given a change of any value in a stack of Terraform, when it is read, then it is seen but for these', () => {
  const seen = new Set<string>();
  const blind = [CASE, OTHER].flatMap((of) => {
    const stacks = terraformJson(of);
    const all = Object.values(stacks).flatMap(({ resource }) =>
      Object.entries(resource ?? {}).flatMap(([type, blocks]) =>
        Object.values(blocks).flatMap((block) => [...places({ block: block as Json }, 'block', type)]),
      ),
    );
    return [...unseen(all, meaningBy(ofTerraform, stacks), seen)];
  });
  expect(unexplained(new Set(blind.filter((name) => !seen.has(name))))).toEqual([]);
}, 120_000);

test('given a change of any value in a template of CloudFormation, when it is read, then it is seen but for these', () => {
  const seen = new Set<string>();
  const blind = [CASE, OTHER].flatMap((of) => {
    const templates = structuredClone(cloudFormationTemplates(of));
    const all = Object.values(templates).flatMap(({ Resources }) =>
      Object.values(Resources).flatMap((resource: { Type: string; Properties?: Json }) =>
        resource.Properties === undefined
          ? []
          : [...places(resource as unknown as { [key: string]: Json }, 'Properties', resource.Type)],
      ),
    );
    return [...unseen(all, meaningBy(ofCloudFormation, templates), seen)];
  });
  expect(unexplained(new Set(blind.filter((name) => !seen.has(name))))).toEqual([]);
}, 120_000);
