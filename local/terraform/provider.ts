import { applied, planned } from './change';
import type { Change } from './change';
import { providerSchema } from './provider-schema';
import type { ResourceTypeName } from './provider-schema';
import type { BlockSchema } from './schema';
import type { Methods } from './server';
import type { DataType, ResourceType } from './resource-type';
import { Unknown, isKnown, read, write } from './values';
import type { DynamicValue, Values } from './values';
import { unconfigurable } from './validate';
import { failure, schemaMessage } from './wire';

interface Request {
  readonly type_name: string;
  readonly config?: DynamicValue;
  readonly current_state?: DynamicValue;
  readonly prior_state?: DynamicValue;
  readonly proposed_new_state?: DynamicValue;
  readonly planned_state?: DynamicValue;
  readonly raw_state?: { readonly json: Uint8Array };
  readonly private?: Uint8Array;
  readonly prior_private?: Uint8Array;
  readonly planned_private?: Uint8Array;
}

/** The types' code loads SDK clients, and `terraform validate` needs none. */
const types = async () => (await import('./resources.js')).RESOURCES;
const data = () => import('./data.js');

export function provider(): Methods {
  const schema = providerSchema();
  const capabilities = { plan_destroy: false, get_provider_schema_optional: false };
  let tags: Values = {};
  const resource = async (type: string): Promise<{ block: BlockSchema; kind: ResourceType }> => ({
    block: schema.resources[type]!,
    kind: (await types())[type as ResourceTypeName],
  });
  const names = (of: object) => Object.keys(of).map((type_name) => ({ type_name }));
  const messages = (of: { readonly [type: string]: BlockSchema }) =>
    Object.fromEntries(Object.entries(of).map(([type, block]) => [type, schemaMessage(block)]));
  const change = async (request: Request): Promise<Change> => ({
    ...(await resource(request.type_name)),
    prior: read(request.prior_state),
    config: read(request.config),
    tags,
  });

  const methods: { readonly [name: string]: (request: Request) => object | Promise<object> } = {
    GetMetadata: () => ({
      server_capabilities: capabilities,
      resources: names(schema.resources),
      data_sources: names(schema.data),
      ephemeral_resources: names(schema.ephemeral),
    }),
    GetProviderSchema: () => ({
      provider: schemaMessage(schema.provider),
      resource_schemas: messages(schema.resources),
      data_source_schemas: messages(schema.data),
      ephemeral_resource_schemas: messages(schema.ephemeral),
      server_capabilities: capabilities,
    }),
    GetFunctions: () => ({}),
    ValidateProviderConfig: () => ({}),
    ValidateResourceConfig: ({ type_name, config }) => refused(config, schema.resources[type_name]!),
    ValidateDataResourceConfig: ({ type_name, config }) => refused(config, schema.data[type_name]!),
    ValidateEphemeralResourceConfig: ({ type_name, config }) => refused(config, schema.ephemeral[type_name]!),
    StopProvider: () => ({}),
    CloseEphemeralResource: () => ({}),
    ConfigureProvider: ({ config }) => {
      const given = (read(config)?.['default_tags'] as readonly Values[] | undefined)?.[0]?.['tags'];
      tags = given instanceof Unknown ? {} : ((given as Values | undefined) ?? {});
      return {};
    },
    UpgradeResourceState: ({ type_name, raw_state }) => ({
      upgraded_state: write(read({ json: raw_state?.json ?? new Uint8Array() }), schema.resources[type_name]!),
    }),
    async ReadResource({ type_name, current_state, private: kept }) {
      const { block, kind } = await resource(type_name);
      const state = read(current_state);
      try {
        const live = state === null ? undefined : kind.read === undefined ? {} : await kind.read(state);
        return { new_state: write(live === undefined ? null : { ...state, ...live }, block), private: kept };
      } catch (error) {
        return { new_state: current_state, private: kept, diagnostics: [failure(error)] };
      }
    },
    async PlanResourceChange(request) {
      const made = await change(request);
      const plan = planned(made, read(request.proposed_new_state));
      return {
        planned_state: write(plan.state, made.block),
        requires_replace: plan.replaces.map((name) => ({ steps: [{ attribute_name: name }] })),
        planned_private: request.prior_private,
        legacy_type_system: true,
      };
    },
    async ApplyResourceChange(request) {
      const made = await change(request);
      const { state, error } = await applied(made, read(request.planned_state));
      return {
        new_state: write(state, made.block),
        private: request.planned_private,
        diagnostics: error === undefined ? [] : [failure(error)],
        legacy_type_system: true,
      };
    },
    async ReadDataSource({ type_name, config }) {
      return answered('state', (await data()).DATA, type_name, config, schema.data[type_name]!);
    },
    async OpenEphemeralResource({ type_name, config }) {
      return answered('result', (await data()).EPHEMERAL, type_name, config, schema.ephemeral[type_name]!);
    },
  };
  return methods as unknown as Methods;
}

const refused = (config: DynamicValue | undefined, block: BlockSchema) => ({
  diagnostics: unconfigurable(read(config) ?? {}, block).map((path) => ({
    severity: 1,
    summary: 'Value for unconfigurable attribute',
    detail: `Can't configure a value for "${path}": the provider alone decides it.`,
  })),
});

async function answered(
  key: string,
  from: { readonly [type: string]: DataType },
  type: string,
  config: DynamicValue | undefined,
  block: BlockSchema,
): Promise<object> {
  const given = read(config) ?? {};
  try {
    if (!isKnown(given)) throw new Error(`${type} was asked for before its configuration was known`);
    return { [key]: write({ ...given, ...(await from[type]!(given)) }, block) };
  } catch (error) {
    return { diagnostics: [failure(error)] };
  }
}
