import type { BlockSchema, NestedSchema, ObjectType, ProviderSchema, ValueType } from './schema';

type Block = Readonly<Record<string, unknown>>;
type Typed = Readonly<Record<string, Readonly<Record<string, Block>>>>;

/**
 * What the provider's schema says against a stack's `cdk.tf.json`: unknown types, unknown, missing or computed attributes,
 * blocks too few or too many, values of another kind. As `terraform validate`, on machines that have no terraform.
 */
export function schemaProblems(json: object, schema: ProviderSchema): string[] {
  const sections = json as Readonly<Partial<Record<'resource' | 'data' | 'ephemeral', Typed>>>;
  const of = (section: Typed | undefined, kind: string, known: Readonly<Record<string, BlockSchema>>): string[] =>
    Object.entries(section ?? {}).flatMap(([type, blocks]) =>
      Object.entries(blocks).flatMap(([name, block]) => {
        const where = `${kind}${type}.${name}`;
        const its = type === 'terraform_data' ? TERRAFORM_DATA : known[type];
        return its ? blockProblems(block, its, where, META) : [`${where}: no such type`];
      }),
    );
  return [
    ...of(sections.resource, '', schema.resources),
    ...of(sections.data, 'data.', schema.data),
    ...of(sections.ephemeral, 'ephemeral.', schema.ephemeral),
  ];
}

/** Terraform's own, in every block of the top. */
const META: ReadonlySet<string> = new Set([
  ...['depends_on', 'lifecycle', 'provider', 'count', 'for_each', 'provisioner', 'connection'],
]);
const TERRAFORM_DATA: BlockSchema = {
  attributes: {
    input: { type: 'dynamic' as ValueType, optional: true },
    triggers_replace: { type: 'dynamic' as ValueType, optional: true },
  },
  blocks: {},
};

function blockProblems(block: Block, schema: BlockSchema, where: string, meta: ReadonlySet<string>): string[] {
  const given = Object.entries(block).filter(([name, value]) => name !== '//' && value !== null && !meta.has(name));
  const problems = given.flatMap(([name, value]): string[] => {
    const attribute = schema.attributes[name];
    if (attribute) {
      if (!attribute.optional && !attribute.required) return [`${where}.${name}: the provider alone gives it`];
      return valueProblems(value, attribute.type, `${where}.${name}`);
    }
    const nested = schema.blocks[name];
    return nested ? nestedProblems(value, nested, `${where}.${name}`) : [`${where}.${name}: no such attribute`];
  });
  const names = new Set(given.map(([name]) => name));
  const required = [
    ...Object.entries(schema.attributes).flatMap(([name, { required }]) => (required ? [name] : [])),
    ...Object.entries(schema.blocks).flatMap(([name, { min = 0 }]) => (min > 0 ? [name] : [])),
  ];
  return [
    ...problems,
    ...required.filter((name) => !names.has(name)).map((name) => `${where}.${name}: it is required`),
  ];
}

function nestedProblems(value: unknown, { block, min = 0, max = Infinity }: NestedSchema, where: string): string[] {
  const dynamic = typeof value === 'string' && isReference(value);
  if (dynamic) return [`${where}: a block cannot be an expression`];
  const all = Array.isArray(value) ? (value as unknown[]) : [value];
  if (all.length < min || all.length > max) return [`${where}: ${all.length} blocks, wanted ${min} to ${max}`];
  return all.flatMap((each, i) =>
    typeof each === 'object' && each !== null
      ? blockProblems(each as Block, block, Array.isArray(value) ? `${where}[${i}]` : where, new Set())
      : [`${where}: not a block`],
  );
}

/** By the kinds alone; what converts (a number as text, a text as number) does in Terraform too. */
function valueProblems(value: unknown, type: ValueType, where: string): string[] {
  if (type === ('dynamic' as ValueType) || value === null || (typeof value === 'string' && isReference(value)))
    return [];
  if (typeof type === 'string') {
    const fits = {
      string: typeof value !== 'object',
      number: typeof value === 'number' || (typeof value === 'string' && value !== '' && !Number.isNaN(Number(value))),
      bool: typeof value === 'boolean' || value === 'true' || value === 'false',
    };
    return fits[type] ? [] : [`${where}: not a ${type}`];
  }
  if (type[0] === 'list' || type[0] === 'set') {
    if (!Array.isArray(value)) return [`${where}: not a ${type[0]}`];
    return (value as unknown[]).flatMap((each, i) => valueProblems(each, type[1], `${where}[${i}]`));
  }
  if (typeof value !== 'object' || Array.isArray(value))
    return [`${where}: not ${type[0] === 'map' ? 'a map' : 'an object'}`];
  if (type[0] === 'map') {
    return Object.entries(value as Block).flatMap(([key, each]) => valueProblems(each, type[1], `${where}.${key}`));
  }
  const fields = type[1] as ObjectType;
  return [
    ...Object.entries(value as Block).flatMap(([key, each]) =>
      fields[key] ? valueProblems(each, fields[key], `${where}.${key}`) : [`${where}.${key}: no such attribute`],
    ),
    // JSON gives the objects of an attribute whole.
    ...Object.keys(fields)
      .filter((key) => !(key in value))
      .map((key) => `${where}.${key}: it is required`),
  ];
}

const isReference = (text: string): boolean => /(^|[^$])\$\{/.test(text);
