import type { ResourceTypeName } from './provider-schema';
import type { ResourceType } from './types';

export const RESOURCES = {} as { readonly [type in ResourceTypeName]: ResourceType };
