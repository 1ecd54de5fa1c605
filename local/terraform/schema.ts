/** A provider's schema, as far as plans need it. Types are Terraform's own JSON notation: `"string"`, `["set", "string"]`. */
export type ValueType = 'string' | 'number' | 'bool' | ['list' | 'set' | 'map', ValueType] | ['object', ObjectType];
export type ObjectType = { readonly [name: string]: ValueType };

export interface AttributeSchema {
  readonly type: ValueType;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
  readonly sensitive?: boolean;
  readonly writeOnly?: boolean;
}

export interface NestedSchema {
  readonly nesting: 'single' | 'list' | 'set';
  readonly block: BlockSchema;
  readonly min?: number;
  readonly max?: number;
}

export interface BlockSchema {
  readonly attributes: { readonly [name: string]: AttributeSchema };
  readonly blocks: { readonly [name: string]: NestedSchema };
}

export interface ProviderSchema {
  readonly provider: BlockSchema;
  readonly resources: { readonly [type: string]: BlockSchema };
  readonly data: { readonly [type: string]: BlockSchema };
  readonly ephemeral: { readonly [type: string]: BlockSchema };
}
