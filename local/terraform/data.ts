import type { DataType } from './types';

export const DATA: { readonly [type: string]: DataType } = {};
export const EPHEMERAL: { readonly [type: string]: DataType } = {};
