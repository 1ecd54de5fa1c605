import { ACCOUNT, REGION, given, text } from './cloud';
import type { DataTypeName } from './provider-schema';
import type { DataType } from './resource-type';
import { parameter, randomPassword, secretValue } from './types/secrets';
import type { Values } from './values';

const ZONES = ['a', 'b', 'c', 'd', 'e', 'f'];

async function secretVersion(config: Values): Promise<Values> {
  const found = await secretValue(
    given({ SecretId: config['secret_id'], VersionId: config['version_id'], VersionStage: config['version_stage'] }),
  );
  return {
    arn: found.ARN,
    secret_string: found.SecretString ?? null,
    version_id: found.VersionId,
    version_stages: found.VersionStages ?? [],
  };
}

export const DATA: { readonly [type in DataTypeName]: DataType } = {
  aws_availability_zones: () => {
    const names = ZONES.map((zone) => `${REGION}${zone}`);
    return Promise.resolve({
      id: REGION,
      names,
      zone_ids: ZONES.map((_, at) => `use1-az${at + 1}`),
      group_names: [REGION],
    });
  },
  aws_caller_identity: () =>
    Promise.resolve({
      id: ACCOUNT,
      account_id: ACCOUNT,
      arn: `arn:aws:iam::${ACCOUNT}:root`,
      user_id: ACCOUNT,
    }),
  aws_partition: () =>
    Promise.resolve({ id: 'aws', partition: 'aws', dns_suffix: 'amazonaws.com', reverse_dns_prefix: 'com.amazonaws' }),
  aws_region: () =>
    Promise.resolve({
      id: REGION,
      name: REGION,
      region: REGION,
      description: 'US East (N. Virginia)',
      endpoint: `ec2.${REGION}.amazonaws.com`,
    }),
  aws_secretsmanager_secret_version: async (config) => ({
    ...(await secretVersion(config)),
    id: `${text(config['secret_id'])}|${text(config['version_stage']) || 'AWSCURRENT'}`,
  }),
  aws_ssm_parameter: async (config) => {
    const found = await parameter(text(config['name']));
    return {
      id: found.Name,
      arn: found.ARN,
      type: found.Type,
      version: found.Version,
      value: found.Value,
      insecure_value: found.Type === 'SecureString' ? null : found.Value,
      with_decryption: config['with_decryption'] ?? true,
    };
  },
};

export const EPHEMERAL: { readonly [type: string]: DataType } = {
  aws_secretsmanager_random_password: async (config) => ({
    random_password: (
      await randomPassword(
        given({
          ExcludeCharacters: config['exclude_characters'],
          ExcludeLowercase: config['exclude_lowercase'],
          ExcludeNumbers: config['exclude_numbers'],
          ExcludePunctuation: config['exclude_punctuation'],
          ExcludeUppercase: config['exclude_uppercase'],
          IncludeSpace: config['include_space'],
          PasswordLength: config['password_length'],
          RequireEachIncludedType: config['require_each_included_type'],
        }),
      )
    ).RandomPassword,
  }),
  aws_secretsmanager_secret_version: secretVersion,
};
