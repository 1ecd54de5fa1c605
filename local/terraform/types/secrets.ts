import { randomUUID } from 'node:crypto';
import { AwsError, given, json, nameOf, optionalText, text, texts } from '../cloud';
import type { ResourceType } from '../resource-type';
import { same } from '../values';
import type { Values } from '../values';

const secrets = <T = Record<string, unknown>>(action: string, request: object): Promise<T> =>
  json<T>('secretsmanager', `secretsmanager.${action}`, given(request));
const parameters = <T = Record<string, unknown>>(action: string, request: object): Promise<T> =>
  json<T>('ssm', `AmazonSSM.${action}`, given(request));

const tags = (v: Values) =>
  Object.entries((v['tags_all'] ?? {}) as Record<string, string>).map(([Key, Value]) => ({ Key, Value }));

/** undefined when it is not there, or on its way out. */
async function unlessGone<T>(look: Promise<T>): Promise<T | undefined> {
  try {
    return await look;
  } catch (error) {
    if (error instanceof AwsError && /NotFound/.test(error.code)) return undefined;
    if (error instanceof AwsError && /marked for deletion|was deleted/.test(error.message)) return undefined;
    throw error;
  }
}

export const secret: ResourceType = {
  forceNew: ['name', 'name_prefix'],
  defaults: { recovery_window_in_days: 30, force_overwrite_replica_secret: false },
  async create({ planned: v }) {
    const name = nameOf(v, 'terraform-', 512);
    const { ARN } = await secrets<{ ARN: string }>('CreateSecret', {
      Name: name,
      ClientRequestToken: randomUUID(),
      Description: text(v['description']),
      KmsKeyId: optionalText(v['kms_key_id']),
      Tags: tags(v),
    });
    return { id: ARN, arn: ARN, name, policy: v['policy'] ?? '', name_prefix: v['name_prefix'] ?? '' };
  },
  async read(state) {
    const found = await unlessGone(secrets<{ DeletedDate?: unknown }>('DescribeSecret', { SecretId: state['id'] }));
    return found === undefined || found.DeletedDate ? undefined : {};
  },
  async update({ planned: v, prior }) {
    if (!same(v['description'], prior['description']) || !same(v['kms_key_id'], prior['kms_key_id']))
      await secrets('UpdateSecret', {
        SecretId: v['id'],
        Description: text(v['description']),
        KmsKeyId: optionalText(v['kms_key_id']),
      });
    return {};
  },
  async remove(state) {
    const days = Number(state['recovery_window_in_days']);
    await unlessGone(
      secrets('DeleteSecret', {
        SecretId: state['id'],
        ...(days === 0 ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: days }),
      }),
    );
  },
};

export interface SecretValue {
  readonly ARN: string;
  readonly Name: string;
  readonly VersionId: string;
  readonly SecretString?: string;
  readonly VersionStages?: readonly string[];
  readonly CreatedDate?: number;
}

export const secretValue = (request: object): Promise<SecretValue> => secrets<SecretValue>('GetSecretValue', request);
export const randomPassword = (request: object): Promise<{ RandomPassword: string }> =>
  secrets('GetRandomPassword', request);

export const secretVersion: ResourceType = {
  forceNew: ['secret_id', 'secret_binary', 'secret_string', 'secret_string_wo_version'],
  async create({ planned: v, config }) {
    const writeOnly = text(config['secret_string_wo']);
    const { VersionId } = await secrets<SecretValue>('PutSecretValue', {
      ClientRequestToken: randomUUID(),
      SecretId: v['secret_id'],
      SecretString: writeOnly || text(v['secret_string']),
      VersionStages: texts(v['version_stages']).length > 0 ? v['version_stages'] : undefined,
    });
    const { ARN, VersionStages } = await secretValue({ SecretId: v['secret_id'], VersionId });
    return {
      id: `${text(v['secret_id'])}|${VersionId}`,
      arn: ARN,
      version_id: VersionId,
      version_stages: VersionStages ?? [],
      has_secret_string_wo: writeOnly ? true : null,
    };
  },
  async read(state) {
    const found = await unlessGone(secretValue({ SecretId: state['secret_id'], VersionId: state['version_id'] }));
    if (found === undefined) return undefined;
    return {
      version_stages: found.VersionStages ?? [],
      ...(state['has_secret_string_wo'] === true ? {} : { secret_string: found.SecretString ?? null }),
    };
  },
  // Its only stage, AWSCURRENT, cannot be taken away: the version goes with its secret.
  remove: () => Promise.resolve(),
};

export interface Parameter {
  readonly ARN: string;
  readonly Name: string;
  readonly Type: string;
  readonly Value: string;
  readonly Version: number;
}

export const parameter = async (name: string): Promise<Parameter> =>
  (await parameters<{ Parameter: Parameter }>('GetParameter', { Name: name, WithDecryption: true })).Parameter;

async function putParameter(v: Values, config: Values, overwrite: boolean): Promise<Values> {
  const writeOnly = text(config['value_wo']);
  await parameters('PutParameter', {
    Name: v['name'],
    Type: v['type'],
    Value: text(v['insecure_value']) || writeOnly || text(v['value']),
    Description: optionalText(v['description']),
    AllowedPattern: optionalText(v['allowed_pattern']),
    Tier: optionalText(v['tier']),
    Overwrite: overwrite,
    ...(overwrite ? {} : { Tags: tags(v) }),
  });
  const made = await parameter(text(v['name']));
  return {
    id: made.Name,
    arn: made.ARN,
    version: made.Version,
    data_type: v['data_type'] ?? 'text',
    key_id: v['key_id'] ?? '',
    has_value_wo: writeOnly ? true : null,
    ...(text(v['insecure_value'])
      ? { insecure_value: made.Value, value: '' }
      : { value: writeOnly ? null : made.Value }),
  };
}

export const ssmParameter: ResourceType = {
  forceNew: ['name', 'data_type'],
  changesWithUpdate: (prior, planned) => [
    'version',
    ...(same(prior['insecure_value'], planned['insecure_value']) ? [] : ['value']),
  ],
  create: ({ planned, config }) => putParameter(planned, config, planned['overwrite'] === true),
  async read(state) {
    const found = await unlessGone(parameter(text(state['id'])));
    if (found === undefined) return undefined;
    return {
      version: found.Version,
      type: found.Type,
      ...(text(state['insecure_value'])
        ? { insecure_value: found.Value }
        : state['has_value_wo'] === true
          ? {}
          : { value: found.Value }),
    };
  },
  update: ({ planned, config }) => putParameter(planned, config, true),
  async remove(state) {
    await unlessGone(parameters('DeleteParameter', { Name: state['name'] }));
  },
};
