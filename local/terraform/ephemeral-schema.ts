import type { AttributeSchema, BlockSchema } from './schema';

const optional = (type: 'string' | 'number' | 'bool'): AttributeSchema => ({ type, optional: true });
const secret: AttributeSchema = { type: 'string', computed: true, sensitive: true };

/** cdktf generates no bindings of ephemeral resources; these are from the provider's documents. */
export const EPHEMERAL: { readonly [type: string]: BlockSchema } = {
  aws_secretsmanager_random_password: {
    attributes: {
      region: { ...optional('string'), computed: true },
      exclude_characters: optional('string'),
      exclude_lowercase: optional('bool'),
      exclude_numbers: optional('bool'),
      exclude_punctuation: optional('bool'),
      exclude_uppercase: optional('bool'),
      include_space: optional('bool'),
      password_length: optional('number'),
      require_each_included_type: optional('bool'),
      random_password: secret,
    },
    blocks: {},
  },
  aws_secretsmanager_secret_version: {
    attributes: {
      region: { ...optional('string'), computed: true },
      arn: { type: 'string', computed: true },
      created_date: { type: 'string', computed: true },
      secret_id: { type: 'string', required: true },
      secret_binary: secret,
      secret_string: secret,
      version_id: { ...optional('string'), computed: true },
      version_stage: { ...optional('string'), computed: true },
      version_stages: { type: ['list', 'string'], computed: true },
    },
    blocks: {},
  },
};
