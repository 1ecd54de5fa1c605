import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resource } from '../by-type';
import {
  ACCOUNT,
  AwsError,
  REGION,
  given,
  json,
  lambda,
  nameOf,
  only,
  optionalText,
  tagList,
  text,
  texts,
} from '../cloud';
import type { ResourceType } from '../resource-type';
import { isKnown } from '../values';
import type { Values } from '../values';

const arnOf = (name: string): string => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;

async function code(v: Values): Promise<string> {
  if (!text(v['filename'])) throw new Error('the stand-in takes a function from a file alone: filename is not set');
  return (await readFile(text(v['filename']))).toString('base64');
}

const configuration = (v: Values) =>
  given({
    FunctionName: v['function_name'],
    Description: v['description'],
    Role: v['role'],
    Handler: v['handler'],
    Runtime: v['runtime'],
    Timeout: v['timeout'],
    MemorySize: v['memory_size'],
    Environment: { Variables: only(v['environment'])?.['variables'] ?? {} },
    LoggingConfig: only(v['logging_config']) && {
      LogFormat: only(v['logging_config'])?.['log_format'],
      LogGroup: only(v['logging_config'])?.['log_group'],
    },
    KMSKeyArn: optionalText(v['kms_key_arn']),
  });

export const lambdaFunction: ResourceType = {
  forceNew: ['function_name', 'package_type'],
  defaults: { timeout: 3, memory_size: 128, package_type: 'Zip', publish: false, reserved_concurrent_executions: -1 },
  changesWithUpdate: () => ['last_modified'],
  async create({ planned: v }) {
    const answer = JSON.parse(
      (
        await lambda('POST', '', {
          ...configuration(v),
          Architectures: texts(v['architectures']).length > 0 ? v['architectures'] : ['x86_64'],
          Code: { ZipFile: await code(v) },
          Tags: v['tags_all'] ?? {},
        })
      ).text,
    ) as { CodeSha256?: string; CodeSize?: number };
    const arn = arnOf(text(v['function_name']));
    return {
      id: v['function_name'] ?? null,
      arn,
      qualified_arn: `${arn}:$LATEST`,
      invoke_arn: `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${arn}/invocations`,
      version: '$LATEST',
      architectures: texts(v['architectures']).length > 0 ? v['architectures']! : ['x86_64'],
      code_sha256: answer.CodeSha256 ?? '',
      source_code_hash: text(v['source_code_hash']) || (answer.CodeSha256 ?? ''),
      source_code_size: answer.CodeSize ?? 0,
      last_modified: new Date().toISOString(),
    };
  },
  async read(state) {
    try {
      await lambda('GET', `/${text(state['id'])}`);
      return {};
    } catch (error) {
      if (error instanceof AwsError && error.code.startsWith('ResourceNotFound')) return undefined;
      throw error;
    }
  },
  async update({ planned: v, prior }) {
    const path = `/${text(v['function_name'])}`;
    if (v['source_code_hash'] !== prior['source_code_hash'] || v['filename'] !== prior['filename'])
      await lambda('PUT', `${path}/code`, { ZipFile: await code(v) });
    await lambda('PUT', `${path}/configuration`, configuration(v));
    return { last_modified: new Date().toISOString() };
  },
  async remove(state) {
    await lambda('DELETE', `/${text(state['id'])}`);
  },
};

/** Provider's source, internal/service/lambda/invocation.go. */
async function invoke(v: Values, action: 'create' | 'update' | 'delete', before: Values | undefined): Promise<Values> {
  const input = text(v['input']);
  const payload = isCreateOnly(v)
    ? input
    : JSON.stringify({
        ...(JSON.parse(input) as object),
        [text(v['terraform_key'])]: {
          action,
          prev_input: before === undefined ? null : (JSON.parse(text(before['input'])) as unknown),
        },
      });
  const name = text(v['function_name']);
  const answer = await lambda('POST', `/${name.split(':').pop()!}/invocations`, payload);
  if (answer.functionError !== undefined) throw new Error(`invoking Lambda Function (${name}): ${answer.text}`);
  const hash = createHash('md5').update(payload).digest('hex');
  return { id: `${name},${text(v['qualifier'])},${hash}`, result: answer.text };
}

const isCreateOnly = (v: Values): boolean => v['lifecycle_scope'] === 'CREATE_ONLY';

export const invocation: ResourceType = {
  forceNew: ['function_name', 'qualifier', 'triggers'],
  defaults: { lifecycle_scope: 'CREATE_ONLY', qualifier: '$LATEST', terraform_key: 'tf' },
  replaces: (prior, planned) => (prior['input'] !== planned['input'] && isCreateOnly(planned) ? ['input'] : []),
  changesWithUpdate: (prior, planned) =>
    planned['lifecycle_scope'] === 'CRUD' && (prior['input'] !== planned['input'] || !isKnown(planned['input']))
      ? ['result']
      : [],
  create: ({ planned }) => invoke(planned, 'create', undefined),
  update: ({ planned, prior }) => invoke(planned, 'update', prior),
  async remove(state) {
    if (!isCreateOnly(state)) await invoke(state, 'delete', state);
  },
};

export const stateMachine = resource({
  type: 'AWS::StepFunctions::StateMachine',
  forceNew: ['name', 'name_prefix', 'type'],
  defaults: { type: 'STANDARD', publish: false },
  prepare: (v) => ({ name: nameOf(v, 'terraform-', 80) }),
  properties: (v) =>
    given({
      StateMachineName: v['name'],
      RoleArn: v['role_arn'],
      DefinitionString: v['definition'],
      StateMachineType: v['type'],
      Tags: tagList(v),
    }),
  made: ({ id }) => ({ id, arn: id, status: 'ACTIVE' }),
});

export const eventRule = resource({
  type: 'AWS::Events::Rule',
  forceNew: ['name', 'name_prefix', 'event_bus_name'],
  defaults: { event_bus_name: 'default', state: 'ENABLED', force_destroy: false },
  prepare: (v) => ({ name: nameOf(v, 'terraform-', 64) }),
  properties: (v) =>
    given({
      Name: v['name'],
      Description: v['description'],
      EventPattern: text(v['event_pattern']) ? (JSON.parse(text(v['event_pattern'])) as object) : undefined,
      ScheduleExpression: optionalText(v['schedule_expression']),
      State: v['state'],
      EventBusName: v['event_bus_name'],
    }),
  id: (state) => text(state['name']),
  made: (_, v) => ({ id: v['name'], arn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/${text(v['name'])}` }),
});

const target = (v: Values) =>
  given({
    Id: v['target_id'],
    Arn: v['arn'],
    RoleArn: optionalText(v['role_arn']),
    Input: optionalText(v['input']),
    InputPath: optionalText(v['input_path']),
    InputTransformer: only(v['input_transformer']) && {
      InputPathsMap: only(v['input_transformer'])?.['input_paths'] ?? {},
      InputTemplate: only(v['input_transformer'])?.['input_template'],
    },
  });

async function putTarget(v: Values): Promise<void> {
  await json('events', 'AWSEvents.PutTargets', {
    Rule: v['rule'],
    EventBusName: v['event_bus_name'],
    Targets: [target(v)],
  });
}

export const eventTarget: ResourceType = {
  forceNew: ['rule', 'event_bus_name', 'target_id'],
  defaults: { event_bus_name: 'default', force_destroy: false },
  async create({ planned }) {
    const id = text(planned['target_id']) || nameOf({}, 'terraform-', 64);
    await putTarget({ ...planned, target_id: id });
    return { target_id: id, id: `${text(planned['rule'])}-${id}` };
  },
  async update({ planned }) {
    await putTarget(planned);
    return {};
  },
  async remove(state) {
    await json('events', 'AWSEvents.RemoveTargets', {
      Rule: state['rule'],
      EventBusName: state['event_bus_name'],
      Ids: [state['target_id']],
    });
  },
};

export const table = resource({
  type: 'AWS::DynamoDB::Table',
  forceNew: ['name', 'hash_key', 'range_key', 'local_secondary_index'],
  defaults: { billing_mode: 'PROVISIONED', deletion_protection_enabled: false },
  properties: (v) =>
    given({
      TableName: v['name'],
      BillingMode: v['billing_mode'],
      KeySchema: [
        { AttributeName: v['hash_key'], KeyType: 'HASH' },
        ...(text(v['range_key']) ? [{ AttributeName: v['range_key'], KeyType: 'RANGE' }] : []),
      ],
      AttributeDefinitions: (v['attribute'] as readonly Values[]).map(({ name, type }) => ({
        AttributeName: name,
        AttributeType: type,
      })),
      TimeToLiveSpecification: only(v['ttl']) && {
        AttributeName: only(v['ttl'])?.['attribute_name'],
        Enabled: only(v['ttl'])?.['enabled'] ?? false,
      },
      PointInTimeRecoverySpecification: only(v['point_in_time_recovery']) && {
        PointInTimeRecoveryEnabled: only(v['point_in_time_recovery'])?.['enabled'],
      },
      DeletionProtectionEnabled: v['deletion_protection_enabled'],
      Tags: tagList(v),
    }),
  id: (state) => text(state['name']),
  made: ({ attributes }, v) => ({
    id: v['name'],
    arn: attributes['Arn'] ?? `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${text(v['name'])}`,
  }),
});
